namespace Cycles.Bench.Rows;

/// <summary>The names of the workloads on the command line and in the tables.</summary>
internal static class WorkloadNames
{
    public static string NameOf(Workload workload) => workload switch
    {
        Workload.NoOp => "noop",
        Workload.Reserve => "reserve",
        Workload.Pair => "pair",
        Workload.Denial => "denial",
        _ => throw new ArgumentOutOfRangeException(nameof(workload), workload, "not a workload"),
    };

    public static Workload Parse(string name) =>
        Enum.GetValues<Workload>().Cast<Workload?>().FirstOrDefault(workload => NameOf(workload!.Value) == name)
        ?? throw new BenchException($"no workload is named '{name}'");
}
