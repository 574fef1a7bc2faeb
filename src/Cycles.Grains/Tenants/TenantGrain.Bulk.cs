using Cycles.Grains.Audit;
using Cycles.Grains.Bulk;
using Cycles.Grains.Closing;
using Cycles.Grains.Ledger;
using Cycles.Grains.Placement;
using Cycles.Grains.Store;
using Cycles.Protocol.Bulk;
using Cycles.Protocol.Tenants;

namespace Cycles.Grains.Tenants;

internal sealed partial class TenantGrain
{
    // Longer than a bulk action that a crash has interrupted can take to be finished.
    private static readonly TimeSpan BulkRowRetention = TimeSpan.FromDays(2);

    public async ValueTask<BulkRow> ApplyBulk(Origin origin, TenantBulkAction action, string bulkId)
    {
        var row = await ChangeAsync(async () =>
        {
            if (_state is not { } state)
            {
                return BulkRow.Failed(TenantId, "NOT_FOUND", $"Tenant not found: {TenantId}");
            }

            var done = Keys.Reply("bulk-row", bulkId);
            if (await store.Database.KeyExistsAsync(done))
            {
                // Before a crash: what became of the tenant since then is others' doing.
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
            await PutAsync(state, tenant, origin, isAudited: false, StoreWrite.Set(done, "1"u8.ToArray(), BulkRowRetention));
            return BulkRow.Succeeded(TenantId);
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
