using Cycles.Grains.History;
using Cycles.Grains.Records;
using Cycles.Grains.Runs;

namespace Cycles.Grains.Lists;

/// <summary>
/// Rows of one run, in the order of a list. It stands before its next row, or before a place that its next row does not precede, as long as that row was not read.
/// </summary>
internal abstract class RunStream(RunInfo run)
{
    public RunInfo Run => run;

    /// <summary>Where the next row stands; or where it stands at the earliest, while <see cref="IsReady"/> is false.</summary>
    public ReservationPlace Place { get; protected set; }

    /// <summary>Whether the next row was read.</summary>
    public abstract bool IsReady { get; }

    /// <summary>Whether there is no next row.</summary>
    public abstract bool HasEnded { get; }

    /// <summary>The next row.</summary>
    public abstract HistoryRow Row { get; }

    /// <summary>Goes on behind the next row.</summary>
    public abstract void Advance();

    /// <summary>The pages that it wants to read; none when it gets by without.</summary>
    public abstract IReadOnlyList<RowPageName> Wants();

    /// <summary>Takes what it wanted.</summary>
    public abstract Task TakeAsync(IReadOnlyList<RowPage> pages);
}
