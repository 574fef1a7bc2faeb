using Cycles.Bench.Load;
using Cycles.Bench.Servers;

namespace Cycles.Bench.Outstanding;

/// <summary>Very many active reservations, many that lapse at once, and very many tenants: each on a server of its own.</summary>
internal sealed class OutstandingRunner(ServerLauncher launcher, Wrk wrk, OutstandingShape shape, IReadOnlyCollection<string> parts)
{
    public const string ActiveName = "active";
    public const string DueName = "due";
    public const string TenantsName = "tenants";

    public static readonly IReadOnlyList<string> Names = [ActiveName, DueName, TenantsName];

    public async Task<OutstandingResult> RunAsync(StoreKind store, CancellationToken cancellation)
    {
        Console.WriteLine($"{StoreNames.NameOf(store)}:");
        return new OutstandingResult(
            store,
            parts.Contains(ActiveName) ? await new ActivePart(launcher, wrk, shape).RunAsync(store, cancellation) : null,
            parts.Contains(DueName) ? await new DuePart(launcher, shape).RunAsync(store, cancellation) : null,
            parts.Contains(TenantsName) ? await new TenantsPart(launcher, shape).RunAsync(store, cancellation) : null);
    }
}
