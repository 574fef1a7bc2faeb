namespace Cycles.Chaos.Faults;

/// <summary>One fault of a run, chosen before it begins.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Target">To which kind of processes.</param>
/// <param name="Silos">Which silos, by number.</param>
/// <param name="Gateways">Which gateways, by number.</param>
/// <param name="Hang">How long a stopped process stands still.</param>
/// <param name="Away">How long a process that has ended stays away.</param>
internal sealed record Fault(FaultKind Kind, FaultTarget Target, int[] Silos, int[] Gateways, TimeSpan Hang, TimeSpan Away)
{
    /// <summary>The row of the table that it counts in.</summary>
    public string Row => $"{Kind switch { FaultKind.Kill => "kill -9", FaultKind.Term => "SIGTERM", _ => "SIGSTOP" }} of {Target switch
    {
        FaultTarget.Silo => "a silo",
        FaultTarget.Gateway => "a gateway",
        FaultTarget.Silos => "two silos",
        FaultTarget.Gateways => "both gateways",
        _ => "a silo and a gateway",
    }}";

    /// <summary>The faults of a run: every kind of every target in turn, in a random order, on random processes.</summary>
    public static IReadOnlyList<Fault> Plan(ChaosOptions options, int gateways)
    {
        var random = new Random(options.Seed);
        var rows = options.Targets.SelectMany(target => options.Kinds.Select(kind => (kind, target))).ToArray();
        var faults = new List<Fault>();
        while (faults.Count < options.Faults)
        {
            random.Shuffle(rows);
            foreach (var (kind, target) in rows.Take(options.Faults - faults.Count))
            {
                faults.Add(new Fault(
                    kind,
                    target,
                    Choose(random, options.Silos, target switch { FaultTarget.Silo or FaultTarget.Both => 1, FaultTarget.Silos => 2, _ => 0 }),
                    Choose(random, gateways, target switch { FaultTarget.Gateway or FaultTarget.Both => 1, FaultTarget.Gateways => 2, _ => 0 }),
                    TimeSpan.FromSeconds(random.Next(2, options.HangSeconds + 1)),
                    TimeSpan.FromMilliseconds(random.Next(0, 6_000))));
            }
        }

        return faults;
    }

    /// <summary>A restart of every process by SIGTERM, one after the other.</summary>
    public static IReadOnlyList<Fault> Rolling(int rounds, int silos, int gateways) =>
    [
        .. Enumerable.Range(0, rounds).SelectMany(_ =>
            Enumerable.Range(0, silos).Select(silo => Restart(FaultTarget.Silo, [silo], []))
                .Concat(Enumerable.Range(0, gateways).Select(gateway => Restart(FaultTarget.Gateway, [], [gateway])))),
    ];

    private static Fault Restart(FaultTarget target, int[] silos, int[] gateways) =>
        new(FaultKind.Term, target, silos, gateways, TimeSpan.Zero, TimeSpan.Zero);

    private static int[] Choose(Random random, int of, int count)
    {
        var all = Enumerable.Range(0, of).ToArray();
        random.Shuffle(all);
        return all[..count];
    }
}
