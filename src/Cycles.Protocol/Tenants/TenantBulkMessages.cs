using System.Text.Json.Serialization;
using Cycles.Protocol.Json;

namespace Cycles.Protocol.Tenants;

/// <summary>What a bulk action does to tenants.</summary>
[JsonConverter(typeof(EnumNames<TenantBulkAction>))]
public enum TenantBulkAction
{
    /// <summary>ACTIVE → SUSPENDED.</summary>
    [JsonStringEnumMemberName("SUSPEND")]
    Suspend,

    /// <summary>SUSPENDED → ACTIVE.</summary>
    [JsonStringEnumMemberName("REACTIVATE")]
    Reactivate,

    /// <summary>Any → CLOSED, with the cascade.</summary>
    [JsonStringEnumMemberName("CLOSE")]
    Close,
}

/// <summary>Which tenants (schema <c>TenantBulkFilter</c>): all that is given must hold, and something must be given.</summary>
public sealed record TenantBulkFilter
{
    /// <summary>Their state.</summary>
    public TenantStatus? Status { get; init; }

    /// <summary>Their parent.</summary>
    public string? ParentTenantId { get; init; }

    /// <summary>Of an extension that this server does not implement; ignored, as the schema wants.</summary>
    public string? ObserveMode { get; init; }

    /// <summary>A part of the id or the name, whatever its case; at most 128 characters.</summary>
    public string? Search { get; init; }
}

/// <summary>Body of POST /v1/admin/tenants/bulk-action.</summary>
public sealed record TenantBulkActionRequest
{
    /// <summary>Which tenants.</summary>
    public required TenantBulkFilter Filter { get; init; }

    /// <summary>What to do.</summary>
    public required TenantBulkAction Action { get; init; }

    /// <summary>How many the operator expects; another number refuses the action.</summary>
    public int? ExpectedCount { get; init; }

    /// <summary>1 to 128 characters.</summary>
    public required string IdempotencyKey { get; init; }
}
