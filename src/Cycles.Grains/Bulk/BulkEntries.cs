using System.Text.Json;
using System.Text.Json.Nodes;
using Cycles.Contracts.Bulk;
using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Records;
using Cycles.Protocol.Audit;
using Cycles.Protocol.Bulk;
using Cycles.Protocol.Json;

namespace Cycles.Grains.Bulk;

/// <summary>The one line of the audit log on a bulk action, with what became of every row.</summary>
internal static class BulkEntries
{
    private const string ResourceId = "bulk-action";

    public static AuditLogEntry Of(BulkRecord record, BulkOutcome outcome, DateTimeOffset now)
    {
        var work = BulkWorks.Of(record.Command);
        var metadata = new JsonObject
        {
            ["action"] = work.ActionName,
            ["total_matched"] = outcome.TotalMatched,
            ["succeeded"] = outcome.Succeeded.Length,
            ["failed"] = outcome.Failed.Length,
            ["skipped"] = outcome.Skipped.Length,
            ["succeeded_ids"] = new JsonArray([.. outcome.Succeeded.Select(row => JsonValue.Create(row.Id))]),
            ["failed_rows"] = Rows(outcome.Failed),
            ["skipped_rows"] = Rows(outcome.Skipped),
            ["filter"] = JsonNode.Parse(record.Command.Filter.Text),
            ["idempotency_key"] = record.Command.IdempotencyKey,
            ["duration_ms"] = (long)(now - record.StartedAt).TotalMilliseconds,
        };
        if (work.Reason is { } reason)
        {
            metadata["reason"] = reason;
        }

        return AuditEntries.Succeeded(
            record.Origin, record.Command.OwnerId, work.ResourceType, ResourceId, now, amount: record.Command.Budgets?.Amount, metadata: metadata);
    }

    private static JsonArray Rows(BulkActionRowOutcome[] rows) =>
        new([.. rows.Select(row => JsonSerializer.SerializeToNode(row, ProtocolJson.Default.BulkActionRowOutcome))]);
}
