using Cycles.Grains.History;

namespace Cycles.Grains.Lists;

/// <summary>The rows of one outcome of a run, from the pages of one order. Pages are read when they are reached, more at once the longer it goes on.</summary>
internal sealed class OrderedStream : RunStream
{
    private const int MostAtOnce = 16;

    private readonly RunOrder _order;
    private readonly Outcome _outcome;
    private readonly bool _ascending;
    private readonly RunPlace? _edge;
    private readonly int _pages;
    private readonly Queue<RowPage> _read = [];
    private int _nextPage;
    private int _wanted = 1;
    private int _row;
    private bool _isFirst = true;
    private HistoryRow _current;

    /// <param name="order">The order of the run.</param>
    /// <param name="outcome">The outcome of its rows.</param>
    /// <param name="ascending">Which way.</param>
    /// <param name="edge">Behind which place it begins, in its direction; null for its beginning.</param>
    public OrderedStream(RunOrder order, Outcome outcome, bool ascending, RunPlace? edge)
        : base(order.Run)
    {
        (_order, _outcome, _ascending, _edge) = (order, outcome, ascending, edge);
        var firsts = order.Directory.FirstsOf(outcome);
        _pages = firsts.Length;
        _nextPage = edge is { } place
            ? ascending ? Math.Max(order.Directory.PageOf(outcome, place), 0) : order.Directory.PageOf(outcome, place)
            : ascending ? 0 : _pages - 1;
        StandBeforePage();
    }

    public override bool IsReady => _read.Count > 0;

    public override bool HasEnded => _read.Count == 0 && (_nextPage < 0 || _nextPage >= _pages);

    public override HistoryRow Row => _current;

    public override void Advance()
    {
        _row += _ascending ? 1 : -1;
        Stand();
    }

    public override IReadOnlyList<RowPageName> Wants()
    {
        var wanted = new List<RowPageName>(_wanted);
        for (; wanted.Count < _wanted && _nextPage >= 0 && _nextPage < _pages; _nextPage += _ascending ? 1 : -1)
        {
            wanted.Add(new RowPageName(Run, _order.Order, _outcome, _nextPage));
        }

        _wanted = Math.Min(2 * _wanted, MostAtOnce);
        return wanted;
    }

    public override async Task TakeAsync(IReadOnlyList<RowPage> pages)
    {
        foreach (var page in pages)
        {
            await _order.PrepareAsync(page);
            _read.Enqueue(page);
        }

        _row = _ascending ? 0 : pages[0].Count - 1;
        if (_isFirst && _edge is { } edge)
        {
            var at = pages[0].Find(edge.Key, edge.Id);
            var isEdge = at < pages[0].Count && _order.PlaceOf(pages[0][at]) == edge;
            _row = _ascending ? isEdge ? at + 1 : at : at - 1;
        }

        _isFirst = false;
        Stand();
    }

    private void Stand()
    {
        while (_read.TryPeek(out var page))
        {
            if (_row >= 0 && _row < page.Count)
            {
                _current = page[_row];
                Place = _order.ToList(_current);
                return;
            }

            _read.Dequeue();
            _row = _ascending ? 0 : _read.TryPeek(out var next) ? next.Count - 1 : 0;
        }

        StandBeforePage();
    }

    private void StandBeforePage()
    {
        if (HasEnded)
        {
            return;
        }

        var firsts = _order.Directory.FirstsOf(_outcome);
        var bound = _ascending ? firsts[_nextPage] : _nextPage + 1 < _pages ? firsts[_nextPage + 1] : _order.Directory.LastOf(_outcome);
        Place = _order.ToBound(bound, _outcome, _ascending);
    }
}
