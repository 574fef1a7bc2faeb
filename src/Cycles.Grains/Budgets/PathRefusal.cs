namespace Cycles.Grains.Budgets;

/// <summary>
/// Which refusal is told when several budgets of a path refuse (ERROR SEMANTICS, OVER-LIMIT BLOCKING): a finding that goes before others does so
/// on any scope of the path, as an over-limit scope must reject <b>all</b> new reservations with OVERDRAFT_LIMIT_EXCEEDED. Of equal findings the
/// one nearest to the root is told.
/// </summary>
internal static class PathRefusal
{
    /// <summary>The refusal that is told of a path's.</summary>
    /// <param name="refusals">One for each budget, root first; None where it does not refuse.</param>
    /// <returns>The refusal and the index of its budget; None and −1 when no budget refuses.</returns>
    public static (Refusal Refusal, int At) First(ReadOnlySpan<Refusal> refusals)
    {
        var (first, at) = (Refusal.None, -1);
        for (var i = 0; i < refusals.Length; i++)
        {
            if (RankOf(refusals[i]) < RankOf(first))
            {
                (first, at) = (refusals[i], i);
            }
        }

        return (first, at);
    }

    /// <summary>Whether another budget of the path could have a refusal that goes before this one.</summary>
    public static bool MayBePreceded(Refusal refusal) => RankOf(refusal) > RankOf(Refusal.NoBudget);

    private static int RankOf(Refusal refusal) => refusal switch
    {
        // The path is not what it was taken for: the operation runs again on fresh state, so nothing else counts.
        Refusal.NoBudget => 0,
        Refusal.Frozen => 1,
        Refusal.Closed => 2,
        Refusal.OverLimit => 3,
        Refusal.DebtOutstanding => 4,
        Refusal.Exceeded => 5,
        Refusal.Overflow => 6,
        Refusal.None => int.MaxValue,
        _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, "unknown refusal"),
    };
}
