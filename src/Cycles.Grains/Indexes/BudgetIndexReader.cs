using Cycles.Contracts.Scopes;
using Cycles.Grains.Budgets;
using Cycles.Grains.Records;
using Cycles.Grains.Store;

namespace Cycles.Grains.Indexes;

/// <summary>Reads budgets for the index as they stand in the store, many at a time.</summary>
internal sealed class BudgetIndexReader(RedisStore store)
{
    private const int Batch = 1000;

    /// <summary>All budgets of a tenant.</summary>
    public async Task<Budget[]> ReadAsync(string tenantId)
    {
        var values = await store.Database.HashValuesAsync(new TenantKeys(tenantId).Budgets);
        var records = Array.ConvertAll(values, value => GrainJson.Read((byte[])value!, GrainJson.Default.BudgetRecord));
        var read = new List<Budget>(records.Length);
        foreach (var batch in records.Chunk(Batch))
        {
            read.AddRange(await Task.WhenAll(batch.Select(ReadNumbersAsync)));
        }

        return [.. read];
    }

    /// <summary>Budgets of which more than the numbers has changed, or which were not known. One that is gone is left out.</summary>
    public async Task<List<Budget>> ReadAsync(IEnumerable<BudgetKey> keys)
    {
        var read = new List<Budget>();
        foreach (var tenant in keys.GroupBy(key => key.Scope.TenantId))
        {
            read.AddRange(await BudgetReader.ReadAsync(store, new TenantKeys(tenant.Key), [.. tenant.Select(key => (key.Scope, key.Unit))]));
        }

        return read;
    }

    /// <summary>Brings rows to their numbers of now.</summary>
    public async Task RefreshAsync(IEnumerable<BudgetRow> rows)
    {
        foreach (var batch in rows.Chunk(Batch))
        {
            var budgets = await Task.WhenAll(batch.Select(row => ReadNumbersAsync(row.Record)));
            for (var i = 0; i < batch.Length; i++)
            {
                batch[i].State = budgets[i].State;
            }
        }
    }

    private async Task<Budget> ReadNumbersAsync(BudgetRecord record)
    {
        var keys = new TenantKeys(record.TenantId);
        var numbers = await store.Database.HashGetAsync(
            keys.Numbers(Protocol.Scopes.ScopePath.FromCanonical(record.Scope), record.Unit), BudgetFields.All);
        return new Budget(record, BudgetFields.Read(record, numbers));
    }
}
