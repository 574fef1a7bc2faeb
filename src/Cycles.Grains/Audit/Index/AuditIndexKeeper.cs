using Cycles.Grains.Journal;

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
    // More missing entries of one tenant than this are looked for in all its days and sorted in, fewer are asked for by number and put in their places.
    private const int MostAsked = 256;

    private readonly Dictionary<string, long> _read = [];
    private AuditIndex? _index;

    /// <summary>The index.</summary>
    public AuditIndex Index => _index ??= new AuditIndex();

    /// <summary>Whether anything was read.</summary>
    public bool IsLoaded => _index is not null;

    /// <summary>The number of the last entry of a tenant up to which the index has all; 0 when it has none.</summary>
    public long NumberOf(string tenantId) => _read.GetValueOrDefault(tenantId);

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
        foreach (var fact in facts)
        {
            switch (fact)
            {
                case AuditEntryKept { Row: var row } when row.Number == NumberOf(row.TenantId) + 1:
                    Index.Insert([row]);
                    _read[row.TenantId] = row.Number;
                    break;
                case AuditEntryKept { Row: var row } when row.Number > NumberOf(row.TenantId):
                    behind.Add(row.TenantId);
                    break;
                case TenantChanged doubtful:
                    behind.Add(doubtful.TenantId);
                    break;
            }
        }

        return behind;
    }

    /// <summary>Reads what these tenants have in the store and the index does not.</summary>
    /// <param name="tenantIds">The tenants.</param>
    /// <param name="found">Is told of each entry that was not in the index.</param>
    public async Task CatchUpAsync(IReadOnlyCollection<string> tenantIds, Action<AuditRow>? found = null)
    {
        var heads = tenantIds.Zip(await reader.ReadHeadsAsync(tenantIds)).ToDictionary(pair => pair.First, pair => pair.Second);
        DropForgotten(heads);
        var all = new List<string>();
        foreach (var (tenantId, head) in heads.Where(tenant => tenant.Value > NumberOf(tenant.Key)))
        {
            if (head - NumberOf(tenantId) > MostAsked || !await TryAskAsync(tenantId, head, found))
            {
                all.Add(tenantId);
            }
        }

        if (all.Count > 0 || !IsLoaded)
        {
            await ReadAllAsync(all, heads, found);
        }
    }

    /// <summary>A store that has lost its last moments in a crash has fewer entries than are known: nothing of that tenant is certain.</summary>
    private void DropForgotten(Dictionary<string, long> heads)
    {
        var forgotten = heads.Where(tenant => tenant.Value < NumberOf(tenant.Key)).Select(tenant => tenant.Key).ToHashSet();
        if (forgotten.Count > 0)
        {
            _index = _index?.Where((tenantId, _) => !forgotten.Contains(tenantId));
            foreach (var tenantId in forgotten)
            {
                _read.Remove(tenantId);
            }
        }
    }

    /// <summary>Asks for the entries that are missing by their numbers, of the last days.</summary>
    /// <returns>Whether they were all there.</returns>
    private async Task<bool> TryAskAsync(string tenantId, long head, Action<AuditRow>? found)
    {
        var missing = (int)(head - NumberOf(tenantId));
        var numbers = new long[missing];
        for (var i = 0; i < missing; i++)
        {
            numbers[i] = head - missing + 1 + i;
        }

        var today = JournalDays.NumberOf(now());
        var rows = await reader.ReadAsync(tenantId, numbers, [today, today - 1]);
        if (rows.Count < missing)
        {
            return false;
        }

        rows.ForEach(row => found?.Invoke(row));
        Index.Insert(rows);
        _read[tenantId] = head;
        return true;
    }

    private async Task ReadAllAsync(List<string> tenantIds, Dictionary<string, long> heads, Action<AuditRow>? found)
    {
        try
        {
            var shown = retention();
            var days = (await reader.ReadDaysAsync(tenantIds)).FindAll(day => shown.ShowsDay(day.TenantId, day.Day));
            await foreach (var chunk in reader.ReadAsync(days))
            {
                // What comes behind the head is told, or read the next time.
                var rows = chunk.FindAll(row => row.Number > NumberOf(row.TenantId) && row.Number <= heads[row.TenantId]);
                Index.AddUnsorted(rows);
                rows.ForEach(row => found?.Invoke(row));
            }

            Index.Sort();
            tenantIds.ForEach(tenantId => _read[tenantId] = heads[tenantId]);
        }
        catch (Exception)
        {
            // Half of a load is in no order.
            Clear();
            throw;
        }
    }
}
