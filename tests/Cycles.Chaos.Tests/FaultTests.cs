using Cycles.Chaos.Faults;

namespace Cycles.Chaos.Tests;

/// <summary>The plan of a run.</summary>
public sealed class FaultTests
{
    [Fact]
    public void A_seed_makes_the_same_run_again()
    {
        Assert.Equal(Rows("7"), Rows("7"));
        Assert.NotEqual(Rows("7"), Rows("8"));
    }

    [Fact]
    public void Every_kind_of_fault_comes_up_as_often_as_every_other() =>
        Assert.All(Rows("1").GroupBy(row => row[..row.IndexOf('@', StringComparison.Ordinal)]), row => Assert.Equal(2, row.Count()));

    private static IEnumerable<string> Rows(string seed) => Fault.Plan(ChaosOptions.Parse(["--seed", seed, "--faults", "30"]), gateways: 2)
        .Select(fault => $"{fault.Row}@{string.Join(',', fault.Silos)}/{string.Join(',', fault.Gateways)} {fault.Hang} {fault.Away}");
}
