namespace Cycles.Contracts.Audit;

/// <summary>What the audit log is asked for (GET /v1/admin/audit/logs). All filters must hold.</summary>
[GenerateSerializer, Immutable, Alias("cycles.audit-query")]
public sealed record AuditQuery
{
    /// <summary>The tenant, or a sentinel.</summary>
    [Id(0)]
    public string? TenantId { get; init; }

    /// <summary>The API key that was used.</summary>
    [Id(1)]
    public string? KeyId { get; init; }

    /// <summary>Any of these operations; empty for all.</summary>
    [Id(2)]
    public string[] Operations { get; init; } = [];

    /// <summary>Any of these types of resources; empty for all.</summary>
    [Id(3)]
    public string[] ResourceTypes { get; init; } = [];

    /// <summary>The id of what was acted on.</summary>
    [Id(4)]
    public string? ResourceId { get; init; }

    /// <summary>Any of these error codes, which a success never has; empty for all.</summary>
    [Id(5)]
    public string[] ErrorCodes { get; init; } = [];

    /// <summary>None of these error codes; a success always passes.</summary>
    [Id(6)]
    public string[] ExcludedErrorCodes { get; init; } = [];

    /// <summary>The least HTTP status.</summary>
    [Id(7)]
    public int? StatusMin { get; init; }

    /// <summary>The greatest HTTP status.</summary>
    [Id(8)]
    public int? StatusMax { get; init; }

    /// <summary>The earliest moment, in Unix milliseconds.</summary>
    [Id(9)]
    public long? FromMs { get; init; }

    /// <summary>The latest moment, in Unix milliseconds.</summary>
    [Id(10)]
    public long? ToMs { get; init; }

    /// <summary>The trace, 32 lower-case hex digits.</summary>
    [Id(11)]
    public string? TraceId { get; init; }

    /// <summary>The request.</summary>
    [Id(12)]
    public string? RequestId { get; init; }

    /// <summary>A part of the resource id, log id, error code or operation, in upper or lower case.</summary>
    [Id(13)]
    public string? Search { get; init; }

    /// <summary>The sort key.</summary>
    [Id(14)]
    public AuditSort SortBy { get; init; } = AuditSort.Timestamp;

    /// <summary>Whether the smallest come first.</summary>
    [Id(15)]
    public bool Ascending { get; init; }

    /// <summary>The most entries of a page.</summary>
    [Id(16)]
    public required int Limit { get; init; }

    /// <summary>Where the page begins: what the one before it said.</summary>
    [Id(17)]
    public string? Cursor { get; init; }
}

/// <summary>What the audit log can be sorted by; entries that are equal in it are in order of time.</summary>
public enum AuditSort
{
#pragma warning disable CS1591 // The names are the protocol's.
    Timestamp,
    Operation,
    ResourceType,
    TenantId,
    KeyId,
    Status,
#pragma warning restore CS1591
}
