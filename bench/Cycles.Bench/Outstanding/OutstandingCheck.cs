using Cycles.Bench.Load;
using Cycles.Bench.Provisioning;
using Cycles.Bench.Rows;
using Cycles.Grains.Records;
using Cycles.Grains.Store;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Scopes;

namespace Cycles.Bench.Outstanding;

/// <summary>Whether a tenant's budgets and its indexes agree with each other and with what clients were told, once its server has ended.</summary>
internal static class OutstandingCheck
{
    /// <param name="store">The store.</param>
    /// <param name="tenant">The tenant.</param>
    /// <param name="active">Reservations that clients know to be active.</param>
    /// <param name="committed">Pairs that clients know to be committed.</param>
    /// <param name="expired">Reservations that were to lapse.</param>
    /// <param name="cutOff">Requests that may have been in flight when a client stopped.</param>
    /// <returns>What is wrong; null when nothing is.</returns>
    public static async Task<string?> FindAsync(RedisStore store, string tenant, long active, long committed, long expired, long cutOff)
    {
        var keys = new TenantKeys(tenant);
        var due = await store.Database.SortedSetLengthAsync(keys.Due);
        foreach (var scope in BenchSubject.ScopePaths(tenant, RowMatrix.UsualScopes))
        {
            var numbers = await store.Database.HashGetAsync(
                keys.Numbers(ScopePath.FromCanonical(scope), Unit.UsdMicrocents), [BudgetFields.Reserved, BudgetFields.Spent]);
            var (reserved, spent) = ((long)numbers[0], (long)numbers[1]);
            if (reserved != due * LoadPlan.EstimateAmount)
            {
                return $"{scope} has {reserved} reserved, and {due} reservations of {LoadPlan.EstimateAmount} are active";
            }

            var pairs = spent / LoadPlan.EstimateAmount;
            if (pairs < committed || pairs > committed + cutOff)
            {
                return $"{scope} has {pairs} × the estimate spent, clients counted {committed}";
            }
        }

        var manifest = await store.Database.StringGetAsync(keys.History);
        var past = manifest.IsNull ? 0 : GrainJson.Read((byte[])manifest!, GrainJson.Default.HistoryManifest).Runs.Sum(run => (long)run.TotalRows);
        var ended = past + await store.Database.SortedSetLengthAsync(keys.Ended);
        return due < active || due > active + cutOff ? $"{due} reservations of {tenant} are active, clients counted {active}"
            : ended < committed + expired || ended > committed + expired + cutOff ? $"{ended} reservations of {tenant} have ended, and not {committed + expired}"
            : null;
    }
}
