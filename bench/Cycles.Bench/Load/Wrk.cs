using System.Globalization;
using System.Text.Json;
using Cycles.Bench.Processes;

namespace Cycles.Bench.Load;

/// <summary>Runs wrk with one thread for a bounded time.</summary>
internal sealed class Wrk
{
    private const string ResultText = "RESULT ";

    /// <summary>How long wrk may take beyond its duration.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(20);

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public async Task<WrkResult> RunAsync(LoadPlan plan, string planFile, int connections, TimeSpan duration, CancellationToken cancellation)
    {
        await plan.WriteAsync(planFile, cancellation);
        await using var process = ChildProcess.Start(
            "wrk",
            [
                "-t1", "-c", connections.ToString(CultureInfo.InvariantCulture), "-d", $"{(int)duration.TotalSeconds}s",
                "--latency", "--timeout", "10s", "-s", plan.Script, plan.Address.ToString(), "--", planFile,
            ],
            awaitedText: ResultText);
        var line = await process.AwaitedLineAsync(duration + Slack, cancellation);
        await process.ExitAsync(cancellation);
        return JsonSerializer.Deserialize<WrkResult>(line[ResultText.Length..], Json)!;
    }
}
