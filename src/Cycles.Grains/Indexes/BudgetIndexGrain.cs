using System.Diagnostics;
using Cycles.Grains.Store;
using Cycles.Protocol.Tenants;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Cycles.Grains.Indexes;

// Reentrant: while it reads the store, further queries come and share the next reading. What it holds changes in one reading at a time.
[Reentrant, CollectionAgeLimit(Minutes = 10)]
internal sealed partial class BudgetIndexGrain : Grain, IBudgetIndexGrain
{
    private const int TenantsAtOnce = 16;

    private readonly RedisStore _store;
    private readonly BudgetIndexReader _reader;
    private readonly ClusterChanges _changes;
    private readonly SharedRuns _catchUps;
    private readonly BudgetIndex _index = new();
    private readonly ILogger<BudgetIndexGrain> _logger;

    // Taken from the boards and not read yet: a reading that fails leaves them to the next.
    private readonly HashSet<string> _staleTenants = [];
    private readonly Dictionary<BudgetKey, bool> _staleBudgets = [];

    private HashSet<string> _wanted = [];
    private bool _allAreWanted;
    private bool _isComplete;

    public BudgetIndexGrain(
        RedisStore store,
        ChangeBoard board,
        ILocalSiloDetails silo,
        IClusterMembershipService membership,
        IGrainFactory grains,
        TimeProvider time,
        ILogger<BudgetIndexGrain> logger)
    {
        _store = store;
        _logger = logger;
        _reader = new BudgetIndexReader(store);
        _changes = new ClusterChanges(IndexKind.Budgets, board, silo, membership, grains, time);
        _catchUps = new SharedRuns(CatchUpAsync);
    }

    public async ValueTask<BudgetPage> Query(BudgetQuery query)
    {
        if (query.TenantId is { } tenantId)
        {
            // A tenant's own list does not make everybody's be read.
            _wanted.Add(tenantId);
        }
        else
        {
            _allAreWanted = true;
        }

        await _catchUps.AfterNowAsync();
        return _index.Read(query);
    }

    public async ValueTask<BudgetSummary> Summarize()
    {
        _allAreWanted = true;
        await _catchUps.AfterNowAsync();
        return _index.Summarize();
    }

    /// <summary>First takes the marks, then reads: what changes after it was read is marked again.</summary>
    private async Task CatchUpAsync()
    {
        var started = Stopwatch.GetTimestamp();
        var (wanted, allAreWanted) = (_wanted, _allAreWanted);
        (_wanted, _allAreWanted) = ([], false);
        if (await _changes.CollectAsync() is not { } changes)
        {
            _index.Clear();
            _staleTenants.Clear();
            _staleBudgets.Clear();
            _isComplete = false;
        }
        else
        {
            Note(changes);
        }

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
        var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        Telemetry.IndexCatchUp.Record(took, new KeyValuePair<string, object?>("index", IndexKind.Budgets));
        if (allAreWanted && !_isComplete)
        {
            _isComplete = true;
            LogComplete(_logger, wanted.Count, took);
        }
    }

    private void Note(SiloChanges changes)
    {
        _staleTenants.UnionWith(changes.Tenants.Where(tenantId => _isComplete || _index.Has(tenantId)));
        foreach (var (key, inRecord) in changes.Budgets)
        {
            if (_isComplete || _index.Has(key.Scope.TenantId))
            {
                _staleBudgets[key] = inRecord || _staleBudgets.GetValueOrDefault(key);
            }
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
        if (_staleBudgets.Count == 0)
        {
            return;
        }

        var known = new List<BudgetRow>(_staleBudgets.Count);
        var others = new List<BudgetKey>();
        foreach (var (key, inRecord) in _staleBudgets)
        {
            if (!inRecord && _index.Find(key) is { } row)
            {
                known.Add(row);
            }
            else
            {
                others.Add(key);
            }
        }

        await _reader.RefreshAsync(known);
        foreach (var budget in await _reader.ReadAsync(others))
        {
            _index.Put(budget);
        }

        _staleBudgets.Clear();
    }

    [LoggerMessage(EventId = 1701, Level = LogLevel.Information, Message = "The budgets of {Tenants} tenants were read for lists in {TookMs:F0} ms")]
    private static partial void LogComplete(ILogger logger, int tenants, double tookMs);
}
