using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Journal;
using Cycles.Grains.Records;

namespace Cycles.Grains.Audit.Index;

/// <summary>
/// Makes the index the same as the store. Entries have numbers without a gap, for each tenant: the index has all of a tenant's entries when it has read up to the head of
/// the tenant's stream.
/// </summary>
/// <param name="reader">Reads the store.</param>
/// <param name="now">The store's time.</param>
/// <param name="retention">What is shown now.</param>
internal sealed class AuditIndexKeeper(AuditStoreReader reader, Func<DateTimeOffset> now, Func<AuditRetention> retention)
{
    // More missing entries than this are looked for in their tenants' days and sorted in, fewer are asked for by number and put in their places.
    private const int MostAsked = 256;

    private readonly Dictionary<string, Read> _read = [];
    private AuditIndex? _index;

    /// <summary>The index.</summary>
    public AuditIndex Index => _index ??= new AuditIndex();

    /// <summary>Whether anything was read.</summary>
    public bool IsLoaded => _index is not null;

    /// <summary>The number of the last entry of a tenant up to which the index has all; 0 when it has none.</summary>
    public long NumberOf(string tenantId) => _read.GetValueOrDefault(tenantId).Number;

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _index = null;
        _read.Clear();
    }

    /// <summary>Forgets the days that are past their retention.</summary>
    public void Evict() => _index = _index?.Where(retention().ShowsDay);

    /// <summary>Takes over what was told.</summary>
    /// <returns>The tenants of which the store may have more than the index has then.</returns>
    public HashSet<string> Take(Fact[] facts)
    {
        var behind = new HashSet<string>();
        var forgotten = new HashSet<string>();
        foreach (var fact in facts)
        {
            switch (fact)
            {
                case AuditEntryKept { Row: var row } when row.Number == NumberOf(row.TenantId) + 1:
                    Index.Insert([row]);
                    Note(row.TenantId, row.Number);
                    break;
                case AuditEntryKept { Row: var row } when row.Number > NumberOf(row.TenantId):
                    behind.Add(row.TenantId);
                    break;
                case AuditEntryKept { Row: var row } when !Index.Has(row):
                    // The store has forgotten what had that number, and has given it again.
                    forgotten.Add(row.TenantId);
                    break;
                case TenantChanged doubtful:
                    behind.Add(doubtful.TenantId);
                    break;
            }
        }

        Drop(forgotten);
        behind.UnionWith(forgotten);
        return behind;
    }

    /// <summary>Reads what these tenants have in the store and the index does not.</summary>
    /// <param name="tenantIds">The tenants.</param>
    /// <param name="found">Is told of each entry that was not in the index.</param>
    public async Task CatchUpAsync(IReadOnlyCollection<string> tenantIds, Action<AuditRow>? found = null)
    {
        var heads = tenantIds.Zip(await reader.ReadHeadsAsync(tenantIds)).ToDictionary(pair => pair.First, pair => pair.Second);

        // A store that has lost its last moments in a crash has fewer entries than are known: nothing of that tenant is certain.
        Drop(heads.Where(tenant => tenant.Value < NumberOf(tenant.Key)).Select(tenant => tenant.Key).ToHashSet());
        var behind = heads.Where(tenant => tenant.Value > NumberOf(tenant.Key)).Select(tenant => tenant.Key).ToList();
        if (IsLoaded && behind.Sum(tenantId => heads[tenantId] - NumberOf(tenantId)) <= MostAsked)
        {
            behind = await AskAsync(behind, heads, found);
        }

        if (behind.Count > 0 || !IsLoaded)
        {
            await ReadAllAsync(behind, heads, found);
        }
    }

    private void Drop(HashSet<string> tenantIds)
    {
        if (tenantIds.Count > 0)
        {
            _index = _index?.Where((tenantId, _) => !tenantIds.Contains(tenantId));
            foreach (var tenantId in tenantIds)
            {
                _read.Remove(tenantId);
            }
        }
    }

    /// <summary>Asks for the entries that are missing by their numbers, of the last days.</summary>
    /// <returns>The tenants of which they were not all there.</returns>
    private async Task<List<string>> AskAsync(List<string> tenantIds, Dictionary<string, long> heads, Action<AuditRow>? found)
    {
        var today = JournalDays.NumberOf(now());
        var answers = await Task.WhenAll(tenantIds.Select(tenantId =>
        {
            var numbers = new long[heads[tenantId] - NumberOf(tenantId)];
            for (var i = 0; i < numbers.Length; i++)
            {
                numbers[i] = NumberOf(tenantId) + 1 + i;
            }

            return reader.ReadAsync(tenantId, numbers, [today, today - 1]);
        }));
        var incomplete = new List<string>();
        foreach (var (tenantId, rows) in tenantIds.Zip(answers))
        {
            if (rows.Count < heads[tenantId] - NumberOf(tenantId))
            {
                incomplete.Add(tenantId);
                continue;
            }

            rows.ForEach(row => found?.Invoke(row));
            Index.Insert(rows);
            Note(tenantId, heads[tenantId]);
        }

        return incomplete;
    }

    private async Task ReadAllAsync(List<string> tenantIds, Dictionary<string, long> heads, Action<AuditRow>? found)
    {
        try
        {
            var shown = retention();
            var days = (await reader.ReadDaysAsync(tenantIds)).FindAll(day =>
                day.Day >= _read.GetValueOrDefault(day.TenantId).Day && shown.ShowsDay(day.TenantId, day.Day));
            await foreach (var chunk in reader.ReadAsync(days))
            {
                // Entries above the head that was read are told by their silo, or read next time.
                var rows = chunk.FindAll(row => row.Number > NumberOf(row.TenantId) && row.Number <= heads[row.TenantId]);
                Index.AddUnsorted(rows);
                rows.ForEach(row => found?.Invoke(row));
            }

            Index.Sort();
            tenantIds.ForEach(tenantId => Note(tenantId, heads[tenantId]));
        }
        catch (Exception)
        {
            // Half of a load is in no order.
            Clear();
            throw;
        }
    }

    // An entry has its time a moment before it has its number, and one with a later number may have an earlier time: by less than a day.
    private void Note(string tenantId, long number) => _read[tenantId] = new Read(number, JournalDays.NumberOf(now()) - 1);

    /// <summary>How far a tenant's entries were read.</summary>
    /// <param name="Number">Up to this number.</param>
    /// <param name="Day">No entry with a later number stands under an earlier day.</param>
    private readonly record struct Read(long Number, int Day);
}
