using Cycles.Client;
using Cycles.Cluster.Tests.Servers;
using Cycles.Grains.Audit;
using Cycles.Grains.Ledger;
using Cycles.Grains.Reservations;
using Cycles.Grains.Scopes;
using Cycles.Grains.Tenants;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;
using Cycles.Protocol.Tenants;
using Orleans.Core.Internal;

namespace Cycles.Cluster.Tests;

/// <summary>
/// Orleans may end any activation at any moment, and lets no more calls in from then on. A grain whose calls wait for later calls must not wait
/// for ever for them.
/// </summary>
public sealed class DeactivationTests
{
    private const string TenantId = "moving";
    private const int Clients = 12;
    private const int Deactivations = 30;

    private static readonly Origin Origin = Origin.System("test");
    private static readonly ScopePath Scope = ScopePath.FromCanonical($"tenant:{TenantId}");

    // Much less than the half minute after which Orleans gives a call up.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_scope_that_is_deactivated_while_locks_wait_serves_again_at_once()
    {
        await using var silo = await StartAsync();
        var scope = silo.Grains.GetGrain<IScopeGrain>(Scope.Value);
        Assert.Equal(Refusal.None, (await scope.Lock(new LockRequest(1, Unit.Tokens, LockKind.Exclusive, default))).Refusal);
        var waiting = scope.Lock(new LockRequest(2, Unit.Tokens, LockKind.Reserve, BudgetDelta.Hold(1))).AsTask();
        var funding = scope.Fund(Origin, new FundCommand(Unit.Tokens, FundingOperation.Credit, 1, 0, null, string.Empty)).AsTask();
        await Task.Delay(TimeSpan.FromSeconds(1)); // For both to arrive; should they not, the test proves nothing but does not fail.

        await scope.AsReference<IGrainManagementExtension>().DeactivateOnIdle();

        Assert.Equal(Refusal.None, (await scope.Lock(new LockRequest(3, Unit.Tokens, LockKind.Reserve, BudgetDelta.Hold(1))).AsTask().WaitAsync(Soon)).Refusal);
        await Assert.ThrowsAnyAsync<Exception>(() => waiting.WaitAsync(Soon));
        await Record.ExceptionAsync(() => funding.WaitAsync(Soon));
        Assert.True(funding.IsCompleted);
    }

    [Fact]
    public async Task Whatever_grain_of_a_tenant_is_deactivated_under_contention_every_client_goes_on()
    {
        await using var silo = await StartAsync();
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients).Select(client => Task.Run(() => ReserveAndReleaseAsync(silo.Grains, client, stop.Token))).ToArray();
        var random = new Random(1);
        for (var i = 0; i < Deactivations; i++)
        {
            IAddressable[] grains =
            [
                silo.Grains.GetGrain<IScopeGrain>(Scope.Value),
                silo.Grains.GetGrain<ILedgerGrain>(TenantId),
                silo.Grains.GetGrain<ITenantGrain>(TenantId),
                silo.Grains.GetReservation(Cycles.Protocol.Identity.ReservationId.Derive(TenantId, $"{random.Next()}").Value),
            ];
            await grains[random.Next(grains.Length)].AsReference<IGrainManagementExtension>().DeactivateOnIdle().AsTask().WaitAsync(Soon);
            await Task.Delay(random.Next(10, 200));
        }

        await stop.CancelAsync();
        var slowest = await Task.WhenAll(clients);
        Assert.All(slowest, took => Assert.InRange(took, TimeSpan.Zero, Soon));

        // Everything that was held has gone back.
        await Until.TrueAsync(async () => Assert.Single(await silo.Grains.GetGrain<IScopeGrain>(Scope.Value).Read()).State.Reserved == 0);
    }

    /// <returns>The longest time that the client went without success.</returns>
    private static async Task<TimeSpan> ReserveAndReleaseAsync(IGrainFactory grains, int client, CancellationToken stop)
    {
        var cycles = new CyclesClient(grains, TenantId);
        var longest = TimeSpan.Zero;
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var key = $"{client}-{i}";
            var started = TimeProvider.System.GetTimestamp();
            var reservation = await RepeatAsync(() => cycles.ReserveAsync(new ReservationCreateRequest
            {
                IdempotencyKey = key,
                Subject = new Subject { Tenant = TenantId },
                Action = new ActionInfo { Kind = "test", Name = "test" },
                Estimate = new Amount(Unit.Tokens, 10),
            }));
            if (reservation.IsSuccess)
            {
                await RepeatAsync(() => cycles.ReleaseAsync(reservation.Value.ReservationId!, new ReleaseRequest { IdempotencyKey = key }));
            }

            var took = TimeProvider.System.GetElapsedTime(started);
            longest = took > longest ? took : longest;
        }

        return longest;
    }

    private static async Task<Result<T>> RepeatAsync<T>(Func<ValueTask<Result<T>>> call)
        where T : class
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await call().AsTask().WaitAsync(Soon);
            }
            catch (Exception) when (TimeProvider.System.GetElapsedTime(started) < Until.Patience)
            {
                await Task.Delay(20);
            }
        }
    }

    private static async Task<RedisSilo> StartAsync()
    {
        var silo = await RedisSilo.StartAsync();
        var tenant = silo.Grains.GetGrain<ITenantGrain>(TenantId);
        Assert.Null((await tenant.Create(Origin, new TenantCreateRequest { TenantId = TenantId, Name = "Test" })).Problem);
        Assert.Null((await tenant.CreateBudget(
            Origin, Scope, new BudgetCreateRequest { Scope = Scope.Value, Unit = Unit.Tokens, Allocated = new Amount(Unit.Tokens, 40) })).Problem);
        return silo;
    }
}
