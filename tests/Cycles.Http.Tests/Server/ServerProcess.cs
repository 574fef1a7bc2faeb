using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Cycles.Http.Tests.Server;

/// <summary>The gateway as its users run it: a process, with a data folder of its own.</summary>
internal sealed partial class ServerProcess : IDisposable
{
    public const string AdminKey = "an-admin-key-for-tests";

    /// <summary>The name of a setting that is the directory in which the process is started.</summary>
    public const string WorkingDirectory = "the working directory";

    private const int MostLines = 10_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output;

    private ServerProcess(Process process, Uri address, string readyLine, ConcurrentQueue<string> output) =>
        (_process, Address, ReadyLine, _output) = (process, address, readyLine, output);

    public Uri Address { get; }

    /// <summary>The line that says that it serves.</summary>
    public string ReadyLine { get; }

    /// <summary>What it has said since, on both outputs.</summary>
    public IEnumerable<string> Output => _output;

    public int Id => _process.Id;

    /// <summary>What it has written to the standard error, once it has ended.</summary>
    public required Task<string> Error { get; init; }

    public bool HasEnded => _process.HasExited;

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndAsync(TimeSpan patience)
    {
        using var timeout = new CancellationTokenSource(patience);
        await _process.WaitForExitAsync(timeout.Token);
        return _process.ExitCode;
    }

    /// <summary>Asks it to end, as a supervisor does.</summary>
    public void Terminate() => Process.Start("kill", ["-TERM", $"{_process.Id}"]).WaitForExit();

    /// <summary>Starts it and waits until it serves.</summary>
    /// <param name="dataPath">The folder of the embedded store.</param>
    /// <param name="settings">Further configuration; one that is empty is taken out of the environment.</param>
    public static Task<ServerProcess> StartAsync(string dataPath, params (string Name, string Value)[] settings) =>
        StartAsync(dataPath, null, settings);

    /// <inheritdoc cref="StartAsync(string, ValueTuple{string, string}[])"/>
    /// <param name="dataPath">The folder of the embedded store.</param>
    /// <param name="group">Whose memory it may use; null for the machine's.</param>
    /// <param name="settings">Further configuration.</param>
    public static async Task<ServerProcess> StartAsync(string dataPath, MemoryGroup? group, params (string Name, string Value)[] settings)
    {
        var process = Launch(group, [("Cycles__DataPath", dataPath), ("Cycles__AdminKey", AdminKey), ("Cycles__UnauthenticatedAuditPerMinute", "100000"), .. settings]);
        var output = new List<string>();
        using var timeout = new CancellationTokenSource(Patience);
        while (await process.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
        {
            output.Add(line);
            if (ReadyPattern().Match(line) is { Success: true } ready)
            {
                // A pipe that nobody reads stops the one who writes it.
                var kept = new ConcurrentQueue<string>();
                _ = KeepAsync(process.StandardOutput, kept);
                return new ServerProcess(process, new Uri(ready.Groups[1].Value), line, kept) { Error = KeepAsync(process.StandardError, kept) };
            }
        }

        process.Kill();
        throw new InvalidOperationException($"the server ended: {string.Join('\n', output)}\n{await process.StandardError.ReadToEndAsync(timeout.Token)}");
    }

    /// <summary>Runs it to its end, for start-ups that cannot work.</summary>
    /// <returns>Its exit code and what it said.</returns>
    public static async Task<(int ExitCode, string Output)> RunToEndAsync(params (string Name, string Value)[] settings)
    {
        using var process = Launch(null, settings);
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            var error = process.StandardError.ReadToEndAsync(timeout.Token);
            var output = await process.StandardOutput.ReadToEndAsync(timeout.Token);
            await process.WaitForExitAsync(timeout.Token);
            return (process.ExitCode, (output + await error).Trim());
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            return (-1, $"it did not end within {Patience}");
        }
    }

    /// <summary>kill -9.</summary>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    /// <returns>The last lines of that output, once it has ended.</returns>
    private static async Task<string> KeepAsync(StreamReader output, ConcurrentQueue<string> kept)
    {
        var own = new Queue<string>();
        while (await output.ReadLineAsync() is { } line)
        {
            kept.Enqueue(line);
            own.Enqueue(line);
            if (kept.Count > MostLines)
            {
                kept.TryDequeue(out _);
            }

            if (own.Count > MostLines)
            {
                own.Dequeue();
            }
        }

        return string.Join('\n', own);
    }

    private static Process Launch(MemoryGroup? group, (string Name, string Value)[] settings)
    {
        string[] arguments = ["dotnet", Path.Combine(AppContext.BaseDirectory, "Cycles.Gateway.dll"), "--urls", "http://127.0.0.1:0"];
        arguments = group?.Enter(arguments) ?? arguments;
        var start = new ProcessStartInfo(arguments[0], arguments[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in settings)
        {
            if (name == "--urls")
            {
                start.ArgumentList[^1] = value;
            }
            else if (name == WorkingDirectory)
            {
                start.WorkingDirectory = value;
            }
            else if (value.Length == 0)
            {
                start.Environment.Remove(name);
            }
            else
            {
                start.Environment[name] = value;
            }
        }

        return Process.Start(start)!;
    }

    [GeneratedRegex("Cycles is ready on (http://\\S+)")]
    private static partial Regex ReadyPattern();
}
