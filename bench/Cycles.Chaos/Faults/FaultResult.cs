namespace Cycles.Chaos.Faults;

/// <summary>What a fault did to the tenants.</summary>
/// <param name="Fault">The fault.</param>
/// <param name="Gaps">The longest time without service of each tenant, in ascending order.</param>
/// <param name="Failed">Requests that were not answered, or with a failure of the server.</param>
/// <param name="Ends">How long a process took to end after SIGTERM, and its exit code.</param>
/// <param name="Lines">Lines that the cluster's processes printed.</param>
internal sealed record FaultResult(Fault Fault, TimeSpan[] Gaps, int Failed, IReadOnlyList<(TimeSpan Took, int ExitCode)> Ends, int Lines)
{
    public TimeSpan Longest => Gaps[^1];

    public TimeSpan Median => Gaps[Gaps.Length / 2];

    public int Without(TimeSpan service) => Gaps.Count(gap => gap > service);
}
