using Cycles.Contracts.Scopes;
using StackExchange.Redis;

namespace Cycles.Grains.Store;

/// <summary>The fields of a budget's numbers in the store.</summary>
internal static class BudgetFields
{
    public static readonly RedisValue Allocated = "allocated";
    public static readonly RedisValue Spent = "spent";
    public static readonly RedisValue Reserved = "reserved";
    public static readonly RedisValue Debt = "debt";
    public static readonly RedisValue OverLimit = "over_limit";

    public static readonly RedisValue[] All = [Allocated, Spent, Reserved, Debt, OverLimit];

    /// <summary>The state of <paramref name="record"/> with the stored numbers, which stand in the order of <see cref="All"/>.</summary>
    public static BudgetState Read(BudgetRecord record, RedisValue[] numbers) => new(
        record.Status,
        (long)numbers[0],
        (long)numbers[1],
        (long)numbers[2],
        (long)numbers[3],
        record.OverdraftLimit,
        (long)numbers[4] != 0);
}
