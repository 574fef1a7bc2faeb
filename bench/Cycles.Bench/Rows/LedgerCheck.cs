using Cycles.Bench.Load;
using Cycles.Bench.Provisioning;

namespace Cycles.Bench.Rows;

/// <summary>Whether the root budget holds what the clients were told: a fast answer that was not recorded is not an answer.</summary>
internal static class LedgerCheck
{
    /// <summary>What is wrong with the ledger after <paramref name="operations"/> in a number of runs, or null.</summary>
    public static async Task<string?> FindAsync(
        AdminPlane admin, Row row, IReadOnlyList<BenchTenant> tenants, long operations, int runs, CancellationToken cancellation)
    {
        if (row.Workload == Workload.NoOp || tenants.Count > 1)
        {
            return null;
        }

        var (reserved, spent) = await admin.ReadBudgetAsync($"tenant:{tenants[0].Id}", cancellation);
        var (name, amount, wanted) = row.Workload switch
        {
            Workload.Pair => ("spent", spent, operations),
            Workload.Denial => ("reserved", reserved, 0),
            _ => ("reserved", reserved, operations),
        };
        var counted = amount / LoadPlan.EstimateAmount;

        // A run that is cut off leaves at most one request in flight on each connection.
        var most = row.Workload == Workload.Denial ? 0 : wanted + ((long)runs * RowMatrix.MostConnections);
        return counted >= wanted && counted <= most ? null : $"the root budget has {counted} × the estimate {name}, clients counted {wanted}";
    }
}
