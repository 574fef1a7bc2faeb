using Cycles.Client;
using Cycles.Cluster.Tests.Servers;
using Cycles.Contracts;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Calls;
using Cycles.Contracts.Reservations;
using Cycles.Contracts.Scopes;
using Cycles.Contracts.Store;
using Cycles.Contracts.Tenants;
using Cycles.Grains.Budgets;
using Cycles.Grains.Peers;
using Cycles.Grains.Reservations;
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
        var funding = silo.Grains.GetGrain<IScopeAdminGrain>(Scope.Value).Fund(Origin, new FundCommand(Unit.Tokens, FundingOperation.Credit, 1, 0, null, string.Empty)).AsTask();
        await Task.Delay(TimeSpan.FromSeconds(1)); // For both to arrive; should they not, the test proves nothing but does not fail.

        await scope.AsReference<IGrainManagementExtension>().DeactivateOnIdle();

        Assert.Equal(Refusal.None, (await scope.Lock(new LockRequest(3, Unit.Tokens, LockKind.Reserve, BudgetDelta.Hold(1))).AsTask().WaitAsync(Soon)).Refusal);
        await Assert.ThrowsAnyAsync<Exception>(() => waiting.WaitAsync(Soon));
        await Record.ExceptionAsync(() => funding.WaitAsync(Soon));
        Assert.True(funding.IsCompleted);
    }

    [Fact]
    public async Task A_reservation_that_was_begun_where_it_is_no_longer_is_made_by_the_next_grain_or_by_none()
    {
        await using var silo = await StartAsync();
        var scope = silo.Grains.GetGrain<IScopeGrain>(Scope.Value);
        Assert.Equal(Refusal.None, (await scope.Lock(new LockRequest(1, Unit.Tokens, LockKind.Exclusive, default))).Refusal);
        var reserving = new CyclesClient(silo.Grains, TenantId).ReserveAsync(Reservation("late")).AsTask();
        IGrainContext? grain = null;
        await Until.TrueAsync(() => Task.FromResult((grain = silo.Activations.SingleOrDefault(context => context.GrainInstance is ReservationGrain)) is not null));
        await Task.Delay(TimeSpan.FromSeconds(1)); // For it to wait for the lock; should it not, the test proves nothing but does not fail.

        grain!.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "test"), CancellationToken.None);
        await Task.Delay(TimeSpan.FromMilliseconds(100)); // As before.
        await scope.Complete(1, Unit.Tokens, LockOutcome.Abandoned);

        Assert.True((await reserving.WaitAsync(Soon)).IsSuccess);
        Assert.NotEqual(grain.ActivationId, silo.Activations.Single(context => context.GrainInstance is ReservationGrain).ActivationId);
    }

    [Fact]
    public async Task An_attempt_to_reserve_that_arrives_after_a_later_one_is_passed_over()
    {
        await using var silo = await StartAsync();
        var call = Guid.NewGuid();
        var second = new CyclesClient(silo.Grains, TenantId) { Attempt = new CallAttempt(call, 2) };
        var first = new CyclesClient(silo.Grains, TenantId) { Attempt = new CallAttempt(call, 1) };
        var another = new CyclesClient(silo.Grains, TenantId) { Attempt = new CallAttempt(Guid.NewGuid(), 1) };

        // It is denied, and the budget is enough afterwards.
        Assert.Equal(ErrorCode.BudgetExceeded, (await second.ReserveAsync(Reservation("overtaken") with { Estimate = new Amount(Unit.Tokens, 41) })).Problem!.Code);
        Assert.Null((await silo.Grains.GetGrain<IScopeAdminGrain>(Scope.Value).Fund(
            Origin, new FundCommand(Unit.Tokens, FundingOperation.Credit, 1, 0, null, string.Empty))).Problem);

        await Assert.ThrowsAsync<StoreUnavailableException>(
            () => first.ReserveAsync(Reservation("overtaken") with { Estimate = new Amount(Unit.Tokens, 41) }).AsTask());
        Assert.True((await another.ReserveAsync(Reservation("overtaken") with { Estimate = new Amount(Unit.Tokens, 41) })).IsSuccess);
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
                silo.Grains.GetGrain<ITenantAdminGrain>(TenantId),
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

    private static ReservationCreateRequest Reservation(string key) => new()
    {
        IdempotencyKey = key,
        Subject = new Subject { Tenant = TenantId },
        Action = new ActionInfo { Kind = "test", Name = "test" },
        Estimate = new Amount(Unit.Tokens, 10),
    };

    /// <returns>The longest time that the client went without success.</returns>
    private static async Task<TimeSpan> ReserveAndReleaseAsync(IGrainFactory grains, int client, CancellationToken stop)
    {
        var cycles = new CyclesClient(grains, TenantId);
        var longest = TimeSpan.Zero;
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var key = $"{client}-{i}";
            var started = TimeProvider.System.GetTimestamp();
            var reservation = await RepeatAsync(() => cycles.ReserveAsync(Reservation(key)));
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
        var tenant = silo.Grains.GetGrain<ITenantAdminGrain>(TenantId);
        Assert.Null((await tenant.Create(Origin, new TenantCreateRequest { TenantId = TenantId, Name = "Test" })).Problem);
        Assert.Null((await tenant.CreateBudget(
            Origin, Scope, new BudgetCreateRequest { Scope = Scope.Value, Unit = Unit.Tokens, Allocated = new Amount(Unit.Tokens, 40) })).Problem);
        return silo;
    }
}
