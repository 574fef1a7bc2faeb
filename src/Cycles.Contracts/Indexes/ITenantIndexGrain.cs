using Cycles.Contracts.Calls;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Keys;
using Cycles.Protocol.Tenants;

namespace Cycles.Contracts.Indexes;

/// <summary>
/// All tenants and their API keys, in memory (key: 0): read from the store when somebody first asks, kept up with what changes while
/// somebody does, and dropped when nobody has for ten minutes.
/// </summary>
[Alias("cycles.tenant-index"), ClientAccess(ClientAccess.Gateways)]
public interface ITenantIndexGrain : IGrainWithIntegerKey
{
    /// <summary>A page of tenants, with everything that was answered to anybody before this call.</summary>
    [Alias("query"), AnyRoute, ResponseTimeout("00:00:30")]
    ValueTask<TenantPage> Query([Immutable] TenantQuery query);

    /// <summary>A page of API keys, with everything that was answered to anybody before this call.</summary>
    [Alias("query-keys"), AnyRoute, ResponseTimeout("00:00:30")]
    ValueTask<ApiKeyPage> QueryKeys([Immutable] ApiKeyQuery query);

    /// <summary>How many tenants there are.</summary>
    [Alias("summarize"), AnyRoute, ResponseTimeout("00:00:30")]
    ValueTask<TenantSummary> Summarize();
}

/// <summary>A page of tenants, or why there is none.</summary>
/// <param name="Problem">Why there is none.</param>
/// <param name="Tenants">The page.</param>
/// <param name="NextCursor">Where the next page begins, when there is one.</param>
[GenerateSerializer, Immutable, Alias("cycles.tenant-page")]
public sealed record TenantPage(
    [property: Id(0)] Problem? Problem, [property: Id(1)] Tenant[] Tenants, [property: Id(2)] string? NextCursor);

/// <summary>A page of API keys, or why there is none.</summary>
/// <param name="Problem">Why there is none.</param>
/// <param name="Keys">The page.</param>
/// <param name="NextCursor">Where the next page begins, when there is one.</param>
[GenerateSerializer, Immutable, Alias("cycles.api-key-page")]
public sealed record ApiKeyPage(
    [property: Id(0)] Problem? Problem, [property: Id(1)] ApiKey[] Keys, [property: Id(2)] string? NextCursor);

/// <summary>How many tenants there are.</summary>
/// <param name="Total">All.</param>
/// <param name="Active">In that status.</param>
/// <param name="Suspended">In that status.</param>
/// <param name="Closed">In that status.</param>
[GenerateSerializer, Immutable, Alias("cycles.tenant-summary")]
public sealed record TenantSummary(
    [property: Id(0)] int Total, [property: Id(1)] int Active, [property: Id(2)] int Suspended, [property: Id(3)] int Closed);
