using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Cycles.Bench.Provisioning;
using Cycles.Bench.Rows;

namespace Cycles.Bench.Load;

/// <summary>What the Lua scripts send: written as a Lua table, so that they only have to join strings.</summary>
/// <param name="address">Where to.</param>
/// <param name="row">What.</param>
/// <param name="tenants">For whom, in turns.</param>
/// <param name="timeToLive">Of each reservation; a minute when absent.</param>
/// <param name="pause">How long each connection waits between an answer and its next request; not at all when absent.</param>
internal sealed class LoadPlan(
    Uri address, Row row, IReadOnlyList<BenchTenant> tenants, TimeSpan? timeToLive = null, TimeSpan? pause = null)
{
    /// <summary>What one reservation holds and its commit charges.</summary>
    public const long EstimateAmount = 1_000;

    private static readonly TimeSpan UsualTimeToLive = TimeSpan.FromMinutes(1);

    /// <summary>Stands where the reservation's id goes in the path of a commit; no path has it otherwise.</summary>
    private const string IdGap = "{id}";

    private static readonly string[] Scripts = ["plain.lua", "plain.lua", "pair.lua", "denial.lua"];

    public Uri Address => address;

    /// <summary>The text that each reservation carries as metadata, in bytes; none when 0.</summary>
    public int MetadataBytes { get; init; }

    /// <summary>The script that carries the plan out.</summary>
    public string Script => Path.Combine(AppContext.BaseDirectory, "Load", "Scripts", Scripts[(int)row.Workload]);

    /// <summary>Whether the script counts what succeeded itself (wrk's count of requests is all there is to know otherwise).</summary>
    public bool ScriptCounts => row.Workload is Workload.Pair or Workload.Denial;

    /// <summary>The body of a reserve, without its idempotency key.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="scopes">How many scopes its subject has.</param>
    /// <param name="timeToLive">How long it lives; a minute when absent.</param>
    public static JsonObject Reserve(BenchTenant tenant, int scopes, TimeSpan? timeToLive = null) => new()
    {
        ["subject"] = BenchSubject.Subject(tenant.Id, scopes),
        ["action"] = new JsonObject { ["kind"] = "llm.completion", ["name"] = "openai:gpt-4o" },
        ["estimate"] = Amount(),
        ["ttl_ms"] = (long)(timeToLive ?? UsualTimeToLive).TotalMilliseconds,
    };

    /// <summary>Writes the plan with keys that no other run has used.</summary>
    public async Task WriteAsync(string file, CancellationToken cancellation)
    {
        var lua = new StringBuilder("return {\n");
        lua.Append("  run = ").Append(Quote(Guid.NewGuid().ToString("n")[..8])).Append(",\n");
        lua.Append("  commit = ").Append(Commit()).Append(",\n");
        if (pause is { } between)
        {
            lua.Append(CultureInfo.InvariantCulture, $"  pause = {between.TotalMilliseconds:0},\n");
        }

        lua.Append("  templates = {\n");
        foreach (var tenant in tenants)
        {
            lua.Append("    ").Append(Table(Template(tenant))).Append(",\n");
        }

        await File.WriteAllTextAsync(file, lua.Append("  },\n}\n").ToString(), cancellation);
    }

    private RequestTemplate Template(BenchTenant tenant) => RequestTemplate.Post(
        address,
        row.Workload == Workload.NoOp ? "/v1/x-cycles/noop" : "/v1/reservations",
        tenant.KeySecret,
        WithMetadata(Reserve(tenant, row.Scopes, timeToLive)));

    private JsonObject WithMetadata(JsonObject body)
    {
        if (MetadataBytes > 0)
        {
            body["metadata"] = new JsonObject { ["text"] = new string('x', MetadataBytes) };
        }

        return body;
    }

    /// <summary>A commit has two gaps: the reservation's id in its path, the key in its body.</summary>
    private string Commit()
    {
        var template = RequestTemplate.Post(
            address, $"/v1/reservations/{IdGap}/commit", tenants[0].KeySecret, new JsonObject { ["actual"] = Amount() });
        var parts = template.BeforeKey.Split(IdGap);
        return $"{{ {Quote(parts[0])}, {Quote(parts[1])}, {Quote(template.AfterKey)} }}";
    }

    private static JsonObject Amount() => new() { ["unit"] = BenchSubject.Unit, ["amount"] = EstimateAmount };

    private static string Table(RequestTemplate template) => $"{{ {Quote(template.BeforeKey)}, {Quote(template.AfterKey)} }}";

    private static string Quote(string text) =>
        '"' + text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\r", "\\r").Replace("\n", "\\n") + '"';
}
