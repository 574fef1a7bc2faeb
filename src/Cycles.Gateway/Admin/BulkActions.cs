using System.Text.Json.Serialization.Metadata;
using Cycles.Contracts;
using Cycles.Contracts.Bulk;
using Cycles.Gateway.Http;
using Cycles.Protocol.Bulk;

namespace Cycles.Gateway.Admin;

/// <summary>What the bulk actions share.</summary>
internal static class BulkActions
{
    /// <summary>Answers with what became of each row, or with why nothing was done.</summary>
    public static ValueTask AnswerAsync<TAction>(
        Call call, TAction action, string idempotencyKey, BulkReply reply, JsonTypeInfo<BulkActionResponse<TAction>> type)
        where TAction : struct, Enum
    {
        Result<BulkActionResponse<TAction>> result = reply.Problem is { } problem
            ? problem
            : new BulkActionResponse<TAction>
            {
                Action = action,
                TotalMatched = reply.Outcome!.TotalMatched,
                Succeeded = reply.Outcome.Succeeded,
                Failed = reply.Outcome.Failed,
                Skipped = reply.Outcome.Skipped,
                IdempotencyKey = idempotencyKey,
            };
        return call.AnswerAsync(result, type);
    }

    /// <summary>A filter's text; null when it says nothing.</summary>
    public static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
