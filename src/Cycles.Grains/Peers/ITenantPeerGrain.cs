using Cycles.Contracts.Audit;
using Cycles.Contracts.Calls;
using Cycles.Grains.Limits;
using Cycles.Grains.Records;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Scopes;
using Cycles.Protocol.Tenants;

namespace Cycles.Grains.Peers;

/// <summary>What other grains ask of a tenant (key: its id): to count against its rate limits, rows of bulk actions, and the steps of its end.</summary>
/// <remarks>The ports are guarded by type of grain and not by interface: a gateway may call the grain, so it may call this.</remarks>
[Alias("cycles.tenant-peer"), ClientAccess(ClientAccess.Gateways)]
internal interface ITenantPeerGrain : IGrainWithStringKey
{
    /// <summary>Counts a reserve that turned out to be no replay; LIMIT_EXCEEDED when there is no room for it.</summary>
    [Alias("admit-reservation"), AnyRoute]
    ValueTask<Problem?> AdmitReservation(string id, [Immutable] RateLimit limit);

    /// <summary>Counts a commit under the policy that governs these scopes now; LIMIT_EXCEEDED when there is no room for it.</summary>
    [Alias("admit-commit"), AnyRoute]
    ValueTask<Problem?> AdmitCommit([Immutable] ScopePath[] scopes);

    /// <summary>A row of a bulk action, once for each <paramref name="bulkId"/>. Closing does not wait for what the tenant owns.</summary>
    [Alias("apply-bulk"), AnyRoute]
    ValueTask<BulkRow> ApplyBulk(Origin origin, TenantBulkAction action, string bulkId);

    /// <summary>How the tenant ends; null while it is not closed.</summary>
    [Alias("get-close"), AnyRoute]
    ValueTask<TenantClose?> GetClose();

    /// <summary>Revokes the keys of the closed tenant. Answers how many were still active.</summary>
    [Alias("revoke-keys"), AnyRoute]
    ValueTask<int> RevokeKeys([Immutable] TenantClose close);

    /// <summary>Writes down that everything that the closed tenant owned has ended. False when that was known, or it is not closed.</summary>
    [Alias("finish-close"), AnyRoute]
    ValueTask<bool> FinishClose();
}
