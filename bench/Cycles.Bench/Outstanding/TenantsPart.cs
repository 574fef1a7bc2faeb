using System.Collections.Concurrent;
using Cycles.Bench.Lists;
using Cycles.Bench.Memory;
using Cycles.Bench.Provisioning;
using Cycles.Bench.Report;
using Cycles.Bench.Rows;
using Cycles.Bench.Servers;

namespace Cycles.Bench.Outstanding;

/// <summary>What tenants that nobody uses cost: a server with very many of them, and one with only those that are used.</summary>
internal sealed class TenantsPart(ServerLauncher launcher, OutstandingShape shape)
{
    private const int AtOnce = 16;

    public async Task<TenantsResult> RunAsync(StoreKind store, CancellationToken cancellation)
    {
        var only = await MeasureAsync(store, shape.Used, cancellation);
        var among = await MeasureAsync(store, shape.Tenants, cancellation);
        return new TenantsResult(shape.Tenants, shape.Used, only, among);
    }

    private async Task<ServedTenants> MeasureAsync(StoreKind store, int count, CancellationToken cancellation)
    {
        var socket = Path.Combine(Path.GetTempPath(), $"cycles-bench-{Guid.NewGuid():n}.sock");
        await using var server = await launcher.StartAsync(store, cancellation, socket);
        try
        {
            var model = TenantCopies.TenantOf(0);
            using (var admin = new AdminPlane(server.Address, server.AdminKey))
            {
                model = model with { KeySecret = await ProvisionAsync(admin, model.Id, cancellation) };
            }

            await server.RestartAsync(cancellation, FillAsync);

            // A second time: what the fill has left to do in the store is done.
            var ready = await server.RestartAsync(cancellation);
            var probe = new MemoryProbe(socket, server.Process);
            var started = await probe.ReadAsync(cancellation);
            var times = await UseAsync(server, model, count, cancellation);
            var used = await probe.ReadAsync(cancellation);
            using var lists = new ListClient(server.Address, server.AdminKey);
            var page = await lists.GetAsync("/v1/admin/tenants?limit=50", cancellation);
            var result = new ServedTenants
            {
                Ready = ready,
                Started = started,
                Used = used,
                Listed = await probe.ReadAsync(cancellation),
                FirstP50Ms = Quantile.Of(times, 0.50),
                FirstP99Ms = Quantile.Of(times, 0.99),
                FirstPage = page,
            };
            Console.WriteLine(
                $"{count:n0} tenants: ready after {ready.TotalSeconds:0.0} s, {started.LiveBytes / 1e6:n1} MB, {used.LiveBytes / 1e6:n1} MB with {shape.Used:n0} in use, "
                + $"first reserve p50 {result.FirstP50Ms:0.0} ms, p99 {result.FirstP99Ms:0.0} ms");
            return result;

            async Task FillAsync(string dataPath, string? redis)
            {
                await using var unserved = await UnservedStore.OpenAsync(dataPath, redis);
                var took = await new TenantCopies(model, count).RunAsync(unserved.Redis);
                Console.WriteLine($"{count:n0} tenants written in {took.TotalSeconds:0} s");
            }
        }
        finally
        {
            File.Delete(socket);
        }
    }

    private static async Task<string> ProvisionAsync(AdminPlane admin, string tenant, CancellationToken cancellation)
    {
        await admin.CreateTenantAsync(tenant, cancellation);
        var secret = await admin.CreateKeyAsync(tenant, cancellation);
        foreach (var scope in BenchSubject.ScopePaths(tenant, RowMatrix.UsualScopes))
        {
            await admin.CreateBudgetAsync(tenant, scope, Provisioner.Huge, cancellation);
        }

        return secret;
    }

    /// <summary>One reserve of each tenant that is used; these are evenly among all.</summary>
    private async Task<double[]> UseAsync(ServerUnderTest server, BenchTenant model, int count, CancellationToken cancellation)
    {
        using var client = new TenantClient(server.Address, RowMatrix.UsualScopes);
        var times = new ConcurrentBag<double>();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, shape.Used).Select(number => number * (count / shape.Used)),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
            async (number, token) =>
            {
                var tenant = number == 0 ? model : TenantCopies.TenantOf(number);
                times.Add((await client.ReserveAsync(tenant, token, TimeSpan.FromHours(1))).TotalMilliseconds);
            });
        return [.. times.Order()];
    }
}
