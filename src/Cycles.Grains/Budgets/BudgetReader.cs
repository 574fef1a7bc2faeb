using Cycles.Contracts.Scopes;
using Cycles.Grains.Records;
using Cycles.Grains.Store;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Scopes;
using StackExchange.Redis;

namespace Cycles.Grains.Budgets;

/// <summary>
/// Reads many budgets as they stand in the store, without waking their scopes. What is answered from it must be confirmed first
/// (<see cref="RedisStore.ConfirmAsync"/>).
/// </summary>
internal static class BudgetReader
{
    private const int Batch = 500;

    public static async Task<Budget[]> ReadAsync(RedisStore store, TenantKeys keys, (ScopePath Scope, Unit Unit)[] budgets)
    {
        var read = new List<Budget>(budgets.Length);
        foreach (var batch in budgets.Chunk(Batch))
        {
            var records = store.Database.HashGetAsync(
                keys.Budgets, Array.ConvertAll(batch, budget => (RedisValue)TenantKeys.BudgetField(budget.Scope, budget.Unit)));
            var numbers = await Task.WhenAll(
                batch.Select(budget => store.Database.HashGetAsync(keys.Numbers(budget.Scope, budget.Unit), BudgetFields.All)));
            var found = await records;
            for (var i = 0; i < batch.Length; i++)
            {
                if (found[i].HasValue)
                {
                    var record = GrainJson.Read((byte[])found[i]!, GrainJson.Default.BudgetRecord);
                    read.Add(new Budget(record, BudgetFields.Read(record, numbers[i])));
                }
            }
        }

        return [.. read];
    }
}
