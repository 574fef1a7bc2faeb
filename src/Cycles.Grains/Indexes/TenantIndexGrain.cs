using System.Diagnostics;
using Cycles.Contracts.Indexes;
using Cycles.Grains.Journal;
using Cycles.Grains.Keys;
using Cycles.Grains.Records;
using Cycles.Grains.Scheduling;
using Cycles.Grains.Store;
using Cycles.Protocol.Keys;
using Cycles.Protocol.Tenants;
using Orleans.Concurrency;

namespace Cycles.Grains.Indexes;

// Reentrant: while it reads the store, further queries come and share the next reading. What it holds changes in one reading at a time.
[Reentrant, CollectionAgeLimit(Minutes = 10)]
internal sealed class TenantIndexGrain : Grain, ITenantIndexGrain
{
    private const int TenantsAtOnce = 500;

    private readonly RedisStore _store;
    private readonly StoreClock _clock;
    private readonly ClusterFacts _facts;
    private readonly SharedRuns _catchUps;
    private readonly TenantIndex _index = new();

    // Told and not read yet: a reading that fails leaves them to the next.
    private readonly HashSet<string> _stale = [];

    private bool _isComplete;

    public TenantIndexGrain(
        RedisStore store,
        StoreClock clock,
        SiloFactsClient facts,
        IMembershipTable membership,
        TimeProvider time)
    {
        _store = store;
        _clock = clock;
        _facts = new ClusterFacts(FactKind.Tenants, facts, membership, store, time);
        _catchUps = new SharedRuns(CatchUpAsync);
    }

    public async ValueTask<TenantPage> Query(TenantQuery query)
    {
        await _catchUps.AfterNowAsync();
        return _index.Read(query);
    }

    public async ValueTask<ApiKeyPage> QueryKeys(ApiKeyQuery query)
    {
        await _catchUps.AfterNowAsync();
        return _index.Read(query, _clock.Now);
    }

    public async ValueTask<TenantSummary> Summarize()
    {
        await _catchUps.AfterNowAsync();
        return _index.Summarize();
    }

    /// <summary>First reads what was told, then the store: what changes after it was read is told again.</summary>
    private async Task CatchUpAsync()
    {
        var started = Stopwatch.GetTimestamp();
        var news = await _facts.ReadAsync();
        if (!news.IsWhole)
        {
            _index.Clear();
            _isComplete = false;
        }

        _stale.UnionWith(news.Facts.OfType<TenantChanged>().Select(changed => changed.TenantId));

        // What was told and is not read yet is remembered here.
        _facts.Accept(news);

        if (!_isComplete)
        {
            _stale.UnionWith(await TenantDirectory.ReadAsync(_store));
        }

        foreach (var batch in _stale.Chunk(TenantsAtOnce))
        {
            foreach (var (tenantId, tenant, keys) in await Task.WhenAll(batch.Select(ReadAsync)))
            {
                _index.Put(tenantId, tenant, keys);
                _stale.Remove(tenantId);
            }
        }

        await _store.ConfirmAsync();
        _isComplete = true;
        Telemetry.IndexCatchUp.Record(
            Stopwatch.GetElapsedTime(started).TotalMilliseconds, new KeyValuePair<string, object?>("index", FactKind.Tenants));
    }

    private async Task<(string TenantId, Tenant? Tenant, ApiKey[] Keys)> ReadAsync(string tenantId)
    {
        var names = new TenantKeys(tenantId);
        var tenant = _store.Database.StringGetAsync(names.Tenant);
        var uses = _store.Database.HashGetAllAsync(names.KeyUses);
        var keys = await _store.Database.HashValuesAsync(names.ApiKeys);
        return (
            tenantId,
            await tenant is { HasValue: true } json ? TenantRecords.Parse((byte[])json!) : null,
            KeyUses.Join(Array.ConvertAll(keys, key => GrainJson.Read((byte[])key!, GrainJson.Default.ApiKeyRecord).Key), await uses));
    }
}
