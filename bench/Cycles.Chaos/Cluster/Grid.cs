using Cycles.Silo;

namespace Cycles.Chaos.Cluster;

/// <summary>A Redis that has on disk what it acknowledges, silos and two gateways, each in a process of its own on ports of its own.</summary>
internal sealed class Grid : IDisposable
{
    public const string AdminKey = "chaos-run-admin-key";

    private const int GatewayCount = 2;

    private readonly string _data = Directory.CreateTempSubdirectory("cycles-chaos-").FullName;
    private readonly Member _redis;

    public Grid(ServerBuild server, int silos, string? logs)
    {
        int[] ports = [.. Enumerable.Range(0, 1 + (2 * silos) + GatewayCount).Select(_ => FreePort.Find())];
        _redis = new Member(
            "redis",
            "redis-server",
            ["--port", $"{ports[0]}", "--bind", "127.0.0.1", "--dir", _data, "--save", "", "--appendonly", "yes", "--appendfsync", "always"],
            new Dictionary<string, string>(),
            "Ready to accept connections",
            logs);
        var store = $"127.0.0.1:{ports[0]}";
        Silos =
        [
            .. Enumerable.Range(0, silos).Select(index => new Member(
                $"silo-{index}",
                "dotnet",
                [server.Silo],
                new Dictionary<string, string>
                {
                    ["ConnectionStrings__Redis"] = store,
                    ["Cycles__SiloPort"] = $"{ports[1 + (2 * index)]}",
                    ["Cycles__GatewayPort"] = $"{ports[2 + (2 * index)]}",
                },
                "Cycles silo is ready",
                logs)),
        ];
        Addresses = [.. ports[^GatewayCount..].Select(port => new Uri($"http://127.0.0.1:{port}"))];
        Gateways =
        [
            .. Addresses.Select((address, index) => new Member(
                $"gateway-{index}",
                "dotnet",
                [server.Gateway, "--urls", address.GetLeftPart(UriPartial.Authority)],
                new Dictionary<string, string>
                {
                    ["ConnectionStrings__Redis"] = store,
                    ["Cycles__Silo"] = "external",
                    ["Cycles__AdminKey"] = AdminKey,
                },
                "Cycles is ready on ",
                logs)),
        ];
    }

    public IReadOnlyList<Member> Silos { get; }

    public IReadOnlyList<Member> Gateways { get; }

    /// <summary>Where the gateways listen, in the order of <see cref="Gateways"/>.</summary>
    public IReadOnlyList<Uri> Addresses { get; }

    public IEnumerable<Member> Members => Silos.Concat(Gateways);

    public async Task StartAsync(CancellationToken cancellation)
    {
        await _redis.StartAsync(cancellation);
        foreach (var member in Members)
        {
            await member.StartAsync(cancellation);
        }
    }

    public void Dispose()
    {
        foreach (var member in Members.Append(_redis))
        {
            member.Dispose();
        }

        Directory.Delete(_data, recursive: true);
    }
}
