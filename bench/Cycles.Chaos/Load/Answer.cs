using System.Text.Json.Nodes;

namespace Cycles.Chaos.Load;

/// <summary>What came back.</summary>
/// <param name="Status">The HTTP status; 0 when nothing came back.</param>
/// <param name="Body">The body.</param>
/// <param name="Failure">Why nothing came back.</param>
/// <param name="WasSent">Whether the request may have reached a server.</param>
internal sealed record Answer(int Status, JsonObject? Body, string? Failure = null, bool WasSent = true)
{
    /// <summary>No gateway listens.</summary>
    public static readonly Answer None = new(0, null, "no gateway listens", WasSent: false);

    /// <summary>Whether the server has said what became of the request. A failure of the server (5xx) says nothing.</summary>
    public bool IsFinal => Status is >= 200 and < 500 and not 408 and not 429;

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The protocol's error code.</summary>
    public string? Error => IsSuccess ? null : (string?)Body?["error"];

    public override string ToString() => Status == 0 ? $"nothing ({Failure})" : $"{Status} {Body?.ToJsonString()}";

    /// <summary>An amount of the body.</summary>
    public long Amount(string name) => (long)Body![name]!["amount"]!;

    /// <summary>Whether both say the same. All of a replay is the original's but for the time left, which is recomputed.</summary>
    public bool IsReplayOf(Answer original) =>
        Status == original.Status && JsonNode.DeepEquals(WithoutTimeLeft(Body), WithoutTimeLeft(original.Body));

    private static JsonNode? WithoutTimeLeft(JsonObject? body)
    {
        if (body?["remaining_ttl_ms"] is null)
        {
            return body;
        }

        var rest = (JsonObject)body.DeepClone();
        rest.Remove("remaining_ttl_ms");
        return rest;
    }
}
