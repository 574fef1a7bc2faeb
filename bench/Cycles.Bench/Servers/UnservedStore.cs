using Cycles.Silo.Configuration;
using Cycles.Silo.Store;
using Microsoft.Extensions.Configuration;

namespace Cycles.Bench.Servers;

/// <summary>Opens a store that no server has open, to fill it.</summary>
internal static class UnservedStore
{
    /// <param name="dataPath">The folder of the embedded store.</param>
    /// <param name="redis">The endpoint of Redis; null opens the embedded store.</param>
    public static Task<SiloStore> OpenAsync(string dataPath, string? redis) => SiloStore.OpenAsync(
        new ConfigurationBuilder().AddInMemoryCollection([new($"ConnectionStrings:{SiloStore.ConnectionStringName}", redis)]).Build(),
        new CyclesOptions { DataPath = dataPath });
}
