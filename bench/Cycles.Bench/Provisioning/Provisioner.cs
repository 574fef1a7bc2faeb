using System.Globalization;
using Cycles.Bench.Rows;

namespace Cycles.Bench.Provisioning;

/// <summary>Creates the tenants, keys and budgets of a row, with a budget at every scope.</summary>
internal static class Provisioner
{
    public const long Huge = 1_000_000_000_000_000;

    /// <summary>Less than one reservation takes.</summary>
    private const long NextToNothing = 1;

    private const int AtOnce = 16;

    public static async Task<BenchTenant[]> ProvisionAsync(AdminPlane admin, Row row, CancellationToken cancellation)
    {
        var tenants = new BenchTenant[row.Tenants];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, row.Tenants),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
            async (index, token) => tenants[index] = await ProvisionTenantAsync(admin, row, index, token));
        return tenants;
    }

    private static async Task<BenchTenant> ProvisionTenantAsync(AdminPlane admin, Row row, int index, CancellationToken cancellation)
    {
        var tenant = $"bench-{index.ToString("d4", CultureInfo.InvariantCulture)}";
        await admin.CreateTenantAsync(tenant, cancellation);
        var key = await admin.CreateKeyAsync(tenant, cancellation);
        var scopes = BenchSubject.ScopePaths(tenant, row.Scopes);
        foreach (var scope in scopes)
        {
            // A denial is found at the deepest scope, after the others were locked: the dearest place to find it.
            var deepest = scope == scopes[^1];
            await admin.CreateBudgetAsync(tenant, scope, row.Workload == Workload.Denial && deepest ? NextToNothing : Huge, cancellation);
        }

        return new BenchTenant(tenant, key);
    }
}
