using Cycles.Contracts.Addressing;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Bulk;
using Cycles.Contracts.Indexes;
using Cycles.Grains.Peers;
using Cycles.Grains.Records;
using Cycles.Protocol.Audit;
using Cycles.Protocol.Bulk;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Tenants;

namespace Cycles.Grains.Bulk;

/// <summary>Does a <see cref="TenantBulkWork"/>.</summary>
internal sealed class TenantBulk(TenantBulkWork work) : IBulkWork
{
    // For all rows together: the cascades run at the same time.
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(5);

    string IBulkWork.ActionName => work.Action.ToString().ToUpperInvariant();

    string IBulkWork.ResourceType => AuditResources.Tenant;

    string? IBulkWork.Reason => null;

    async ValueTask<(Problem? Problem, BulkTarget[] Targets)> IBulkWork.SelectAsync(IGrainFactory grains)
    {
        var index = grains.GetGrain<ITenantIndexGrain>(0);
        var targets = new List<BulkTarget>();
        var query = work.Where with { SortBy = TenantSort.TenantId, Ascending = true, Limit = BulkTarget.PageSize };
        do
        {
            var page = await index.Query(query);
            if (page.Problem is { } problem)
            {
                return (problem, []);
            }

            targets.AddRange(page.Tenants.Select(tenant => new BulkTarget(tenant.TenantId)));
            query = query with { Cursor = page.NextCursor };
        }
        while (query.Cursor is not null);
        return (null, [.. targets]);
    }

    ValueTask<BulkRow> IBulkWork.ApplyAsync(IGrainFactory grains, Origin origin, string bulkId, BulkTarget target) =>
        grains.Get<ITenantPeerGrain>(target.Id).ApplyBulk(origin, work.Action, bulkId);

    async ValueTask<BulkRow[]> IBulkWork.SettleAsync(IGrainFactory grains, BulkRow[] rows) => work.Action == TenantBulkAction.Close
        ? await Task.WhenAll(rows.Select(row => SettleAsync(grains, row)))
        : rows;

    /// <summary>A tenant that is CLOSED while what it owned is still being ended is a failed row, as the operation's description wants.</summary>
    private static async Task<BulkRow> SettleAsync(IGrainFactory grains, BulkRow row)
    {
        if (row.Kind != BulkRowKind.Succeeded || await grains.Get<IClosingGrain>(row.Outcome.Id).Drive(ClosePatience))
        {
            return row;
        }

        return BulkRow.Failed(
            row.Outcome.Id,
            BulkRowCodes.CascadeInProgress,
            $"Tenant {row.Outcome.Id} is CLOSED; what it owned is still being ended, which goes on by itself");
    }
}
