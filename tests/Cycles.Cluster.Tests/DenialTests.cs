using Cycles.Client;
using Cycles.Cluster.Tests.Servers;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Tenants;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;
using Cycles.Protocol.Tenants;

namespace Cycles.Cluster.Tests;

/// <summary>A denial is definite: it must not rest on reservations that have expired and could not be given back yet.</summary>
public sealed class DenialTests
{
    private const string TenantId = "denied";

    private static readonly Origin Origin = Origin.System("test");
    private static readonly ScopePath Scope = ScopePath.FromCanonical($"tenant:{TenantId}");

    [Fact]
    public async Task While_the_store_hangs_nothing_is_denied_for_the_sake_of_what_has_expired()
    {
        await using var silo = await RedisSilo.StartAsync();
        var tenant = silo.Grains.GetGrain<ITenantAdminGrain>(TenantId);
        Assert.Null((await tenant.Create(Origin, new TenantCreateRequest { TenantId = TenantId, Name = "Test" })).Problem);
        Assert.Null((await tenant.CreateBudget(
            Origin, Scope, new BudgetCreateRequest { Scope = Scope.Value, Unit = Unit.Tokens, Allocated = new Amount(Unit.Tokens, 10) })).Problem);
        var client = new CyclesClient(silo.Grains, TenantId);
        var first = await client.ReserveAsync(Reservation("first"));
        Assert.True(first.IsSuccess);

        silo.Redis.Pause();
        await Task.Delay(TimeSpan.FromSeconds(2)); // It has expired; the sweep that the timer begins hangs.
        var second = client.ReserveAsync(Reservation("second")).AsTask();
        await Task.WhenAny(second, Task.Delay(TimeSpan.FromSeconds(7)));
        silo.Redis.Resume();

        var exception = await Record.ExceptionAsync(() => second);
        Assert.True(exception is not null || (await second).IsSuccess, "it was denied");
        await Until.TrueAsync(async () => (await client.ReserveAsync(Reservation("second"))).IsSuccess);
    }

    private static ReservationCreateRequest Reservation(string key) => new()
    {
        IdempotencyKey = key,
        Subject = new Subject { Tenant = TenantId },
        Action = new ActionInfo { Kind = "test", Name = "test" },
        Estimate = new Amount(Unit.Tokens, 10),
        TtlMs = 1000,
        GracePeriodMs = 0,
    };
}
