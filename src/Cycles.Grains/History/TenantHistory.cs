using Cycles.Contracts.Store;
using Cycles.Grains.Records;
using Cycles.Grains.Runs;
using Cycles.Grains.Store;

namespace Cycles.Grains.History;

/// <summary>
/// What a tenant's ledger knows of the history: which runs there are, and which ids may be in them. The ledger alone changes it.
/// </summary>
internal sealed class TenantHistory(RedisStore store, TenantKeys keys, HistoryReader reader, StoreClock clock, StoreOptions options)
{
    private HistoryManifest? _pending;

    /// <summary>The runs.</summary>
    public HistoryManifest Manifest { get; private set; } = HistoryManifest.Empty;

    /// <summary>The filters of all ids in the runs.</summary>
    public RunFilters Filters { get; private set; } = RunFilters.None;

    /// <summary>Reads what the store holds.</summary>
    public async Task LoadAsync()
    {
        if (await store.Database.StringGetAsync(keys.History) is { HasValue: true } json)
        {
            await InstallAsync(GrainJson.Read((byte[])json!, GrainJson.Default.HistoryManifest));
        }
    }

    /// <summary>These runs are about to be written down. From now on something may be in them that is nowhere else.</summary>
    public void Announce(HistoryManifest next) => _pending = next;

    /// <summary>They are <see cref="Manifest"/> by now, or not written down after all.</summary>
    public void Recall() => _pending = null;

    /// <summary>These are the runs.</summary>
    public async Task InstallAsync(HistoryManifest next)
    {
        var known = Filters.Runs.ToHashSet();
        var missing = Array.FindAll(next.Runs, run => !known.Contains(run.Id));
        var added = new List<(string Run, IdFilter Filter)>();
        foreach (var (run, filter) in missing.Zip(await reader.FiltersAsync(missing)))
        {
            if (filter is not null)
            {
                added.Add((run.Id, filter));
            }
            else if (run.KeptUntilMs > clock.NowMs)
            {
                throw new StoreUnavailableException($"the history of tenant {keys.TenantId} has no run {run.Id}");
            }
        }

        Filters = Filters.With(next.Runs.Select(run => run.Id).ToHashSet(), added);
        Manifest = next;
    }

    /// <summary>The record that an id has in the history; null when it has none, or its time is over.</summary>
    public async Task<byte[]?> FindAsync(string id)
    {
        var key = IdFilter.KeyOf(id);
        var possible = Filters.Find(new IdFilter.Probe(key));
        var announced = _pending?.Runs.ExceptBy(Manifest.Runs.Select(run => run.Id), run => run.Id) ?? [];

        // The newest first: the id of what was not kept any more may have been used again.
        foreach (var run in Manifest.Runs.Where(run => possible.Contains(run.Id)).Concat(announced).OrderByDescending(run => run.Ended.ToMs))
        {
            foreach (var row in await FindAsync(run, key))
            {
                if (HistoryRetention.IsKept(row, options, clock.NowMs) && (await reader.RecordsAsync([(run, row.Place)]))[0] is { } record && IsOf(record, id))
                {
                    return record;
                }
            }
        }

        return null;
    }

    private async Task<List<HistoryRow>> FindAsync(RunInfo run, ulong key)
    {
        var directory = (await reader.DirectoriesAsync([run], HistoryOrder.Id))[0];
        var place = new RunPlace(0, key);
        RowPageName[] pages =
        [
            .. from outcome in Enum.GetValues<Outcome>()
               let page = directory.PageOf(outcome, place)
               where page >= 0
               select new RowPageName(run, HistoryOrder.Id, outcome, page),
        ];
        var rows = new List<HistoryRow>();
        foreach (var page in await reader.RowsAsync(pages))
        {
            for (var at = page.Find(place); at < page.Count && page[at].Id == key; at++)
            {
                rows.Add(page[at]);
            }
        }

        return rows;
    }

    private static bool IsOf(byte[] record, string id) =>
        GrainJson.Read(record, GrainJson.Default.ReservationSlot).Reservation is not { } reservation || reservation.Id == id;
}
