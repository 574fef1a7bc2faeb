using Cycles.Grains.History;
using Cycles.Grains.Runs;

namespace Cycles.Grains.Lists;

/// <summary>The rows of one outcome of a run, from the pages of one order. Pages are read when they are reached, more at once the longer it goes on.</summary>
internal sealed class OrderedStream : RunStream
{
    private const int MostAtOnce = 16;

    private readonly RunOrder _order;
    private readonly Outcome _outcome;
    private readonly bool _ascending;
    private readonly ScopeMatch? _match;
    private readonly int _pages;
    private readonly Queue<RowPage> _read = [];
    private int _nextPage;
    private int _wanted = 1;
    private int _row;
    private RunPlace? _edge;
    private HistoryRow _current;

    /// <param name="order">The order of the run.</param>
    /// <param name="outcome">The outcome of its rows.</param>
    /// <param name="ascending">Which way.</param>
    /// <param name="edge">Behind which place it begins, in its direction; null for its beginning.</param>
    /// <param name="match">The scopes that it may pass over all others for, when it is in the order of scopes.</param>
    public OrderedStream(RunOrder order, Outcome outcome, bool ascending, RunPlace? edge, ScopeMatch? match)
        : base(order.Run)
    {
        (_order, _outcome, _ascending) = (order, outcome, ascending);
        _match = order.Order == HistoryOrder.Scope ? match : null;
        _pages = order.Directory.FirstsOf(outcome).Length;
        if (edge is { } place)
        {
            Seek(place);
        }
        else
        {
            _nextPage = ascending ? 0 : _pages - 1;
            StandBeforePage();
        }
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

        _row = _edge is { } edge ? RowBehind(pages[0], edge) : _ascending ? 0 : pages[0].Count - 1;
        _edge = null;
        Stand();
    }

    private void Stand()
    {
        while (_read.TryPeek(out var page))
        {
            if (_row >= 0 && _row < page.Count)
            {
                _current = page[_row];
                if (_match?.Has(_current.Scope) == false)
                {
                    if (_match.Next(_current.Scope, _ascending) is not { } scope)
                    {
                        _read.Clear();
                        _nextPage = -1;
                        return;
                    }

                    var edge = _ascending ? new RunPlace(scope - 1, ulong.MaxValue) : new RunPlace(scope + 1, 0);
                    _row = RowBehind(page, edge);
                    if (_row < 0 || _row >= page.Count)
                    {
                        Seek(edge);
                        return;
                    }

                    continue;
                }

                Place = _order.ToList(_current);
                return;
            }

            _read.Dequeue();
            _row = _ascending ? 0 : _read.TryPeek(out var next) ? next.Count - 1 : 0;
        }

        StandBeforePage();
    }

    /// <summary>Goes on behind a place, wherever that is.</summary>
    private void Seek(RunPlace edge)
    {
        _read.Clear();
        (_edge, _wanted) = (edge, 1);
        var page = _order.Directory.PageOf(_outcome, edge);
        _nextPage = _ascending ? Math.Max(page, 0) : page;
        StandBeforePage();
    }

    private int RowBehind(RowPage page, RunPlace edge)
    {
        var at = page.Find(edge);
        var isEdge = at < page.Count && page[at].PlaceIn(_order.Order) == edge;
        return _ascending ? isEdge ? at + 1 : at : at - 1;
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
