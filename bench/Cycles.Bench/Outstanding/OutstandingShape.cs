namespace Cycles.Bench.Outstanding;

/// <summary>How much is outstanding, and how long it is looked at.</summary>
internal sealed record OutstandingShape
{
    /// <summary>Active reservations of the tenant with many.</summary>
    public int Active { get; init; } = 1_000_000;

    /// <summary>Active reservations of the two tenants beside it: what these differ by is the noise of the machine.</summary>
    public int Few { get; init; } = 1_000;

    /// <summary>Reservations that lapse within one second.</summary>
    public int Due { get; init; } = 100_000;

    /// <summary>Tenants that exist.</summary>
    public int Tenants { get; init; } = 100_000;

    /// <summary>Those of them that are used.</summary>
    public int Used { get; init; } = 1_000;

    /// <summary>Turns of 2 s for each tenant and workload.</summary>
    public int Rounds { get; init; } = 10;

    /// <summary>Before the turns of a workload, for all tenants together.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Reserves a second beside a sweep.</summary>
    public int PerSecond { get; init; } = 200;

    /// <summary>How long these are measured without a sweep.</summary>
    public TimeSpan Calm { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Less time, and as much outstanding.</summary>
    public OutstandingShape Quick() => this with { Rounds = 5, WarmUp = TimeSpan.FromSeconds(21), Calm = TimeSpan.FromSeconds(20) };

    /// <summary>Another part of it.</summary>
    public OutstandingShape Scaled(int percent) => this with { Active = Part(Active, percent), Due = Part(Due, percent), Tenants = Math.Max(Part(Tenants, percent), Used) };

    private static int Part(int count, int percent) => (int)((long)count * percent / 100);
}
