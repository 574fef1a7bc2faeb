using Cycles.Http.Tests.Server;

[assembly: AssemblyFixture(typeof(ServerFixture))]

namespace Cycles.Http.Tests.Server;

/// <summary>One server for all tests; each test makes tenants of its own.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("cycles-http-");
    private ServerProcess _server = null!;

    internal Api Api { get; private set; } = null!;

    /// <summary>What the server has said since it serves.</summary>
    internal IEnumerable<string> Output => _server.Output;

    public async ValueTask InitializeAsync()
    {
        _server = await ServerProcess.StartAsync(_data.FullName);
        Api = new Api(_server.Address);
    }

    public ValueTask DisposeAsync()
    {
        Api.Dispose();
        _server.Dispose();
        _data.Delete(recursive: true);
        return default;
    }
}
