using System.Text.Json.Nodes;

namespace Cycles.Cluster.Tests.Checks;

/// <summary>A reservation as the listing shows it.</summary>
internal sealed record Row(string Id, string Key, string Status, long Reserved, long? Committed, long ExpiresAtMs)
{
    public static Row Parse(JsonNode row) => new(
        (string)row["reservation_id"]!,
        (string)row["idempotency_key"]!,
        (string)row["status"]!,
        (long)row["reserved"]!["amount"]!,
        (long?)row["committed"]?["amount"],
        (long)row["expires_at_ms"]!);
}
