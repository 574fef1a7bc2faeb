using Cycles.Protocol.Amounts;
using Cycles.Protocol.Json;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;

namespace Cycles.Protocol.Audit;

/// <summary>One line of the audit log (schema <c>AuditLogEntry</c>): who did what, from where, and how it ended.</summary>
[GenerateSerializer, Immutable, Alias("cycles.audit-log-entry")]
public sealed record AuditLogEntry
{
    /// <summary>The tenant of what no single tenant owns, done with the admin key.</summary>
    public const string AdminTenant = "__admin__";

    /// <summary>The tenant of requests that were refused before anybody knew who asked.</summary>
    public const string UnauthenticatedTenant = "__unauth__";

    /// <summary>The id; ids sort by time.</summary>
    [Id(0)]
    public required string LogId { get; init; }

    /// <summary>UTC.</summary>
    [Id(1)]
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>The tenant that was acted on, or one of the two sentinels.</summary>
    [Id(2)]
    public required string TenantId { get; init; }

    /// <summary>The API key that was used, if one was.</summary>
    [Id(3)]
    public string? KeyId { get; init; }

    /// <summary>The caller's User-Agent.</summary>
    [Id(4)]
    public string? UserAgent { get; init; }

    /// <summary>The caller's address.</summary>
    [Id(5)]
    public string? SourceIp { get; init; }

    /// <summary>The operationId, or the name of what the system did by itself.</summary>
    [Id(6)]
    public required string Operation { get; init; }

    /// <summary>See <see cref="AuditResources"/>.</summary>
    [Id(7)]
    public string? ResourceType { get; init; }

    /// <summary>The id of what was acted on.</summary>
    [Id(8)]
    public string? ResourceId { get; init; }

    /// <summary>The X-Request-Id of the request behind it, through every later step that it caused.</summary>
    [Id(9)]
    public string? RequestId { get; init; }

    /// <summary>The trace of the request behind it, 32 lower-case hex digits.</summary>
    [Id(10)]
    public string? TraceId { get; init; }

    /// <summary>The HTTP status that was answered.</summary>
    [Id(11)]
    public required int Status { get; init; }

    /// <summary>The error code of a failure; null on success.</summary>
    [Id(12)]
    public string? ErrorCode { get; init; }

    /// <summary>The request's subject, where it has one.</summary>
    [Id(13)]
    public Subject? Subject { get; init; }

    /// <summary>The request's action, where it has one.</summary>
    [Id(14)]
    public ActionInfo? Action { get; init; }

    /// <summary>The request's amount, where it has one.</summary>
    [Id(15)]
    public Amount? Amount { get; init; }

    /// <summary>What else there is to say; <c>actor_type</c> always.</summary>
    [Id(16)]
    public RawJsonObject? Metadata { get; init; }
}
