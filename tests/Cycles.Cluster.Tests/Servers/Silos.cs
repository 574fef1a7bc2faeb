namespace Cycles.Cluster.Tests.Servers;

/// <summary>Starts Cycles.Silo, which lies beside the tests.</summary>
internal static class Silos
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);

    public static async Task<ServerProcess> StartAsync(IReadOnlyDictionary<string, string> environment)
    {
        var silo = ServerProcess.Start(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "Cycles.Silo.dll")], ServerProcess.WithSmallHistory(environment), "Cycles silo is ready");
        try
        {
            await silo.WaitUntilReadyAsync(StartPatience);
            return silo;
        }
        catch (Exception)
        {
            silo.Dispose();
            throw;
        }
    }
}
