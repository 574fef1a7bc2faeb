using Cycles.Grains.History;
using Cycles.Grains.Records;
using Cycles.Grains.Runs;

namespace Cycles.Grains.Lists;

/// <summary>Rows that were read all at once, as there are few.</summary>
internal sealed class GatheredStream : RunStream
{
    private readonly (ReservationPlace Place, HistoryRow Row)[] _rows;
    private int _at;

    /// <param name="run">The run.</param>
    /// <param name="rows">The rows, in the order of the list.</param>
    public GatheredStream(RunInfo run, (ReservationPlace Place, HistoryRow Row)[] rows)
        : base(run)
    {
        _rows = rows;
        Stand();
    }

    public override bool IsReady => true;

    public override bool HasEnded => _at == _rows.Length;

    public override HistoryRow Row => _rows[_at].Row;

    public override void Advance()
    {
        _at++;
        Stand();
    }

    public override IReadOnlyList<RowPageName> Wants() => [];

    public override Task TakeAsync(IReadOnlyList<RowPage> pages) => Task.CompletedTask;

    private void Stand()
    {
        if (!HasEnded)
        {
            Place = _rows[_at].Place;
        }
    }
}
