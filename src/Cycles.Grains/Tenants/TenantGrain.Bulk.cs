using Cycles.Contracts.Addressing;
using Cycles.Contracts.Audit;
using Cycles.Grains.Peers;
using Cycles.Grains.Transactions;
using Cycles.Protocol.Bulk;
using Cycles.Protocol.Tenants;

namespace Cycles.Grains.Tenants;

internal sealed partial class TenantGrain
{
    // Longer than a bulk action that a crash has interrupted can take to be finished.
    private static readonly TimeSpan BulkRowRetention = TimeSpan.FromDays(2);

    public async ValueTask<BulkRow> ApplyBulk(Origin origin, TenantBulkAction action, string bulkId)
    {
        var row = await ChangeAsync<BulkRow>(async change =>
        {
            if (change.State is not { } state)
            {
                return BulkRow.Failed(TenantId, "NOT_FOUND", $"Tenant not found: {TenantId}");
            }

            var done = Keys.Reply("bulk-row", bulkId);
            if (await store.Database.KeyExistsAsync(done))
            {
                // Done before a crash; others may have changed the tenant since then.
                return BulkRow.Succeeded(TenantId);
            }

            var status = StatusAfter(action);
            if (state.Tenant.Status == status)
            {
                return BulkRow.Skipped(TenantId);
            }

            if (state.Tenant.Status == TenantStatus.Closed)
            {
                return BulkRow.Failed(TenantId, BulkRowCodes.InvalidTransition, "Cannot transition from CLOSED");
            }

            var tenant = TenantChanges.Update(state.Tenant, new TenantUpdateRequest { Status = status }, clock.Now);
            var succeeded = BulkRow.Succeeded(TenantId);
            await PutAsync(change, state, tenant, succeeded, origin, isAudited: false, StoreWrite.Set(done, "1"u8.ToArray(), BulkRowRetention));
            return succeeded;
        });
        if (action == TenantBulkAction.Close && row.Kind != BulkRowKind.Failed)
        {
            await grains.Get<IClosingGrain>(TenantId).Wake();
        }

        return row;
    }

    private static TenantStatus StatusAfter(TenantBulkAction action) => action switch
    {
        TenantBulkAction.Suspend => TenantStatus.Suspended,
        TenantBulkAction.Reactivate => TenantStatus.Active,
        TenantBulkAction.Close => TenantStatus.Closed,
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, "not an action"),
    };
}
