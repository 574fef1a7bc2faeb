namespace Cycles.Bench.Servers;

/// <summary>The names of the stores on the command line and in the tables.</summary>
internal static class StoreNames
{
    public static string NameOf(StoreKind store) => store switch
    {
        StoreKind.Embedded => "embedded",
        StoreKind.RedisEverySecond => "redis-everysec",
        StoreKind.RedisAlways => "redis-always",
        _ => throw new ArgumentOutOfRangeException(nameof(store), store, "not a store"),
    };

    public static StoreKind Parse(string name) =>
        Enum.GetValues<StoreKind>().Cast<StoreKind?>().FirstOrDefault(store => NameOf(store!.Value) == name)
        ?? throw new BenchException($"no store is named '{name}'");
}
