namespace Cycles.Bench.Report;

/// <summary>Quantiles of what was measured.</summary>
internal static class Quantile
{
    /// <summary>The smallest value that at least that part of all does not exceed.</summary>
    /// <param name="sorted">The values, in ascending order; at least one.</param>
    /// <param name="part">The part, above 0 and at most 1.</param>
    public static T Of<T>(IReadOnlyList<T> sorted, double part) => sorted[(int)Math.Ceiling(part * sorted.Count) - 1];
}
