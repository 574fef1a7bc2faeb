using Cycles.Bench.Provisioning;
using Cycles.Bench.Servers;

namespace Cycles.Bench.Rows;

/// <summary>Which rows are measured on a store, and in which order.</summary>
internal static class RowMatrix
{
    public const int UsualScopes = 3;
    public const int ManyTenants = 1_000;
    public const int MostConnections = 200;

    /// <summary>Rows that are compared stand next to each other: the machine's mood changes slowly.</summary>
    public static IEnumerable<Row> Build(StoreKind store, IReadOnlyList<Workload> workloads, IReadOnlyList<int> connections)
    {
        foreach (var count in connections)
        {
            foreach (var workload in workloads.Prepend(Workload.NoOp))
            {
                yield return new Row(store, workload, UsualScopes, 1, count);
                if (workload == Workload.Reserve)
                {
                    yield return new Row(store, workload, UsualScopes, ManyTenants, count);
                }
            }
        }

        if (workloads.Contains(Workload.Reserve))
        {
            yield return new Row(store, Workload.Reserve, 1, 1, MostConnections);
            yield return new Row(store, Workload.Reserve, BenchSubject.MostScopes, 1, MostConnections);
        }
    }
}
