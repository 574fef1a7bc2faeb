using Cycles.Bench.Rows;
using Cycles.Bench.Servers;

namespace Cycles.Bench.Report;

/// <summary>The marks of one store's rows. A mark whose rows were not measured is left out.</summary>
internal sealed class RowMarks(StoreKind store, IReadOnlyList<RowResult> results)
{
    private string Name => StoreNames.NameOf(store);

    public IEnumerable<Mark> All() => new[] { ReserveRatio(), DenialRatio(), HotTenant(), LatencyAlone() }.OfType<Mark>();

    private Mark? ReserveRatio() => Ratio(
        $"{Name}: reserve / no-op, 3 scopes, 200 connections", 0.20, Find(Workload.Reserve), Find(Workload.NoOp));

    private Mark? DenialRatio() => Ratio(
        $"{Name}: denial / no-op, 200 connections", 0.50, Find(Workload.Denial), Find(Workload.NoOp));

    private Mark? HotTenant() => Ratio(
        $"{Name}: hot tenant / 1,000 tenants, 200 connections", 0.80, Find(Workload.Reserve), Find(Workload.Reserve, RowMatrix.ManyTenants));

    private Mark? LatencyAlone()
    {
        double? wantedMs = store switch { StoreKind.Embedded => 4, StoreKind.RedisEverySecond => 2, _ => null };
        return wantedMs is { } wanted && Find(Workload.Reserve, connections: 1) is { } row
            ? Mark.AtMost($"{Name}: p50 of a reserve, 1 connection", wanted, row.Load.P50Us / 1e3, "ms")
            : null;
    }

    private static Mark? Ratio(string name, double wanted, RowResult? row, RowResult? reference) =>
        row is null || reference is null ? null : Mark.AtLeast(name, wanted, row.OperationsPerSecond / reference.OperationsPerSecond);

    private RowResult? Find(Workload workload, int tenants = 1, int connections = RowMatrix.MostConnections) =>
        results.FirstOrDefault(result => result.Row == new Row(store, workload, RowMatrix.UsualScopes, tenants, connections));
}
