using Cycles.Cluster.Tests.Api;

namespace Cycles.Cluster.Tests.Servers;

/// <summary>Starts Cycles.Gateway, which lies beside the tests: with a silo in it, or alone, as the environment says.</summary>
internal static class Gateways
{
    public const string AdminKey = "cluster-tests-admin-key";

    private const string Ready = "Cycles is ready on ";

    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);

    public static ServerProcess Start(IReadOnlyDictionary<string, string> environment) => ServerProcess.Start(
        "dotnet",
        [Path.Combine(AppContext.BaseDirectory, "Cycles.Gateway.dll"), "--urls", "http://127.0.0.1:0"],
        new Dictionary<string, string>(ServerProcess.WithSmallHistory(environment)) { ["Cycles__AdminKey"] = AdminKey },
        Ready);

    /// <summary>Starts it, and lets <paramref name="api"/> ask there once it serves.</summary>
    public static async Task<ServerProcess> StartAsync(IReadOnlyDictionary<string, string> environment, HttpApi api)
    {
        var gateway = Start(environment);
        try
        {
            var line = await gateway.WaitUntilReadyAsync(StartPatience);
            api.Address = new Uri(line[(line.IndexOf(Ready, StringComparison.Ordinal) + Ready.Length)..].Trim());
            return gateway;
        }
        catch (Exception)
        {
            gateway.Dispose();
            throw;
        }
    }
}
