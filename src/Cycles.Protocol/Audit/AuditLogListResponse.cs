namespace Cycles.Protocol.Audit;

/// <summary>Answer to GET /v1/admin/audit/logs.</summary>
public sealed record AuditLogListResponse
{
    /// <summary>The page.</summary>
    public required IReadOnlyList<AuditLogEntry> Logs { get; init; }

    /// <summary>Where the next page begins, when there is one.</summary>
    public string? NextCursor { get; init; }

    /// <summary>Whether there is a next page.</summary>
    public required bool HasMore { get; init; }
}
