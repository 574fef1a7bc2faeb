using System.Diagnostics;
using Cycles.Contracts.Indexes;
using Cycles.Grains.Budgets;
using Cycles.Grains.Journal;
using Cycles.Grains.Scheduling;
using Cycles.Grains.Store;
using Cycles.Protocol.Tenants;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Cycles.Grains.Indexes;

// Reentrant: while it reads the store, further queries come and share the next reading. What it holds changes in one reading at a time.
[Reentrant, CollectionAgeLimit(Minutes = 10)]
internal sealed partial class BudgetIndexGrain : Grain, IBudgetIndexGrain
{
    private const int TenantsAtOnce = 16;

    // Enough that nothing but a race of commits with the page itself is left.
    private const int MostAttempts = 3;

    private readonly RedisStore _store;
    private readonly BudgetIndexReader _reader;
    private readonly ClusterFacts _facts;
    private readonly SharedRuns _catchUps;
    private readonly BudgetIndex _index = new();
    private readonly ILogger<BudgetIndexGrain> _logger;

    // Told and not read yet: a reading that fails leaves them to the next.
    private readonly HashSet<string> _staleTenants = [];
    private readonly HashSet<BudgetKey> _staleBudgets = [];
    private readonly HashSet<BudgetRow> _staleNumbers = [];

    // What those who wait need besides.
    private HashSet<string> _wanted = [];
    private bool _allAreWanted;
    private bool _numbersAreWanted;
    private HashSet<BudgetRow> _shown = [];

    private bool _isComplete;

    public BudgetIndexGrain(
        RedisStore store,
        SiloFactsClient facts,
        IMembershipTable membership,
        TimeProvider time,
        ILogger<BudgetIndexGrain> logger)
    {
        _store = store;
        _logger = logger;
        _reader = new BudgetIndexReader(store);
        _facts = new ClusterFacts(FactKind.Budgets, facts, membership, store, time);
        _catchUps = new SharedRuns(CatchUpAsync);
    }

    public async ValueTask<BudgetPage> Query(BudgetQuery query)
    {
        var rows = await ReadAsync(query.TenantId, query.GoesByNumbers(), () => _index.Read(query), rows => rows.Rows);
        return rows.ToPage();
    }

    public async ValueTask<BudgetSummary> Summarize()
    {
        var census = await ReadAsync(null, goesByNumbers: true, _index.Count, census => [.. census.WorstOverLimit, .. census.MostDebt]);
        return census.ToSummary();
    }

    /// <summary>
    /// Reads from the index as of now. Under load most budgets change all the time, and mostly in what is reserved: that is read only of those
    /// that are shown. As these may then have changed in more, they are chosen again.
    /// </summary>
    /// <param name="tenantId">Whose; null for all tenants.</param>
    /// <param name="goesByNumbers">Whether more numbers than what is reserved decide which rows these are.</param>
    /// <param name="read">Reads.</param>
    /// <param name="shown">The rows that were chosen.</param>
    private async ValueTask<T> ReadAsync<T>(string? tenantId, bool goesByNumbers, Func<T> read, Func<T, BudgetRow[]> shown)
    {
        for (var attempt = 1; ; attempt++)
        {
            await CatchUpAsync(tenantId, goesByNumbers);
            var chosen = read();
            var stale = Array.FindAll(shown(chosen), row => row.IsStale);
            if (stale.Length == 0)
            {
                return chosen;
            }

            _shown.UnionWith(stale);
            if (attempt == MostAttempts)
            {
                await CatchUpAsync(tenantId, goesByNumbers);
                return chosen;
            }
        }
    }

    private Task CatchUpAsync(string? tenantId, bool goesByNumbers)
    {
        _numbersAreWanted |= goesByNumbers;
        if (tenantId is not null)
        {
            // A tenant's own list does not make everybody's be read.
            _wanted.Add(tenantId);
        }
        else
        {
            _allAreWanted = true;
        }

        return _catchUps.AfterNowAsync();
    }

    /// <summary>First reads what was told, then the store: what changes after it was read is told again.</summary>
    private async Task CatchUpAsync()
    {
        var started = Stopwatch.GetTimestamp();
        var (wanted, allAreWanted, numbersAreWanted, shown) = (_wanted, _allAreWanted, _numbersAreWanted, _shown);
        (_wanted, _allAreWanted, _numbersAreWanted, _shown) = ([], false, false, []);
        var news = await _facts.ReadAsync();
        if (!news.IsWhole)
        {
            _index.Clear();
            _staleTenants.Clear();
            _staleBudgets.Clear();
            _staleNumbers.Clear();
            _isComplete = false;
        }

        Array.ForEach(news.Facts, Note);

        // What was told and is not read yet is remembered here.
        _facts.Accept(news);
        if (allAreWanted && !_isComplete)
        {
            wanted.UnionWith(await TenantDirectory.ReadAsync(_store));
        }

        if (!_isComplete)
        {
            _staleTenants.UnionWith(wanted.Where(tenantId => TenantIds.IsValid(tenantId) && !_index.Has(tenantId)));
        }

        await ReadTenantsAsync();
        await ReadBudgetsAsync();
        await ReadNumbersAsync(numbersAreWanted, shown);
        await _store.ConfirmAsync();
        var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        Telemetry.IndexCatchUp.Record(took, new KeyValuePair<string, object?>("index", FactKind.Budgets));
        if (allAreWanted && !_isComplete)
        {
            _isComplete = true;
            LogComplete(_logger, wanted.Count, took);
        }
    }

    private void Note(Fact fact)
    {
        switch (fact)
        {
            case BudgetChanged { Part: not BudgetPart.Record } changed when _index.Find(changed.Key) is { } row:
                row.IsStale = true;
                if (changed.Part != BudgetPart.Reserved)
                {
                    _staleNumbers.Add(row);
                }

                break;
            case BudgetChanged changed when _isComplete || _index.Has(changed.Key.Scope.TenantId):
                _staleBudgets.Add(changed.Key);
                break;
            case TenantChanged changed when _isComplete || _index.Has(changed.TenantId):
                _staleTenants.Add(changed.TenantId);
                break;
        }
    }

    private async Task ReadTenantsAsync()
    {
        foreach (var batch in _staleTenants.Chunk(TenantsAtOnce))
        {
            var budgets = await Task.WhenAll(batch.Select(_reader.ReadAsync));
            for (var i = 0; i < batch.Length; i++)
            {
                _index.Put(batch[i], budgets[i]);
                _staleTenants.Remove(batch[i]);
            }
        }
    }

    private async Task ReadBudgetsAsync()
    {
        foreach (var budget in await _reader.ReadAsync(_staleBudgets))
        {
            _index.Put(budget);
        }

        _staleBudgets.Clear();
    }

    private async Task ReadNumbersAsync(bool areWanted, HashSet<BudgetRow> shown)
    {
        if (areWanted)
        {
            shown.UnionWith(_staleNumbers);
        }

        // Whatever was read with its tenant or its record meanwhile is as good.
        await _reader.RefreshAsync(shown.Where(row => row.IsStale));
        _staleNumbers.ExceptWith(shown);
    }

    [LoggerMessage(EventId = 1701, Level = LogLevel.Information, Message = "The budgets of {Tenants} tenants were read for lists in {TookMs:F0} ms")]
    private static partial void LogComplete(ILogger logger, int tenants, double tookMs);
}
