using System.Text;
using Cycles.Client;
using Cycles.Cluster.Tests.Servers;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Scopes;
using Cycles.Contracts.Store;
using Cycles.Contracts.Tenants;
using Cycles.Grains.Peers;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;
using Cycles.Protocol.Tenants;

namespace Cycles.Cluster.Tests;

/// <summary>A tenant's grain whose state is read anew, again and again, in the middle of its changes.</summary>
public sealed class TenantEpochTests
{
    private const string TenantId = "reloaded";
    private const int Budgets = 60;
    private const int Tenants = 20;

    private static readonly Origin Origin = Origin.System("test");

    [Fact]
    public async Task A_budget_that_was_made_is_passed_over_by_no_later_reserve()
    {
        await using var silo = await RedisSilo.StartAsync();
        var tenant = silo.Grains.GetGrain<ITenantAdminGrain>(TenantId);
        var client = new CyclesClient(silo.Grains, TenantId);
        await CreateTenantAsync(silo.Grains, TenantId);
        await CreateBudgetAsync(tenant, ScopePath.FromCanonical($"tenant:{TenantId}"), 1_000_000);
        using var stop = new CancellationTokenSource();
        var disturbing = DisturbAsync(silo.Grains, TenantId, stop.Token);
        var reserving = ReserveAsync(client, stop.Token);
        var passedOver = new List<string>();
        for (var i = 0; i < Budgets; i++)
        {
            await CreateBudgetAsync(tenant, ScopePath.FromCanonical($"tenant:{TenantId}/agent:a{i}"), 1);
            var reply = await RepeatAsync(() => client.ReserveAsync(Reservation($"after-{i}", $"a{i}", 5)));
            if (reply.IsSuccess)
            {
                passedOver.Add($"a{i}");
            }
        }

        await stop.CancelAsync();
        await Task.WhenAll(disturbing, reserving);
        Assert.Empty(passedOver);
    }

    [Fact]
    public async Task A_budget_is_not_made_for_a_state_of_the_tenant_that_was_replaced_meanwhile()
    {
        await using var silo = await RedisSilo.StartAsync();
        await CreateTenantAsync(silo.Grains, TenantId);
        var ledger = silo.Grains.GetGrain<ILedgerGrain>(TenantId);
        var replaced = (await ledger.OpenTenant()).Epoch;
        var present = (await ledger.OpenTenant()).Epoch;
        var path = ScopePath.FromCanonical($"tenant:{TenantId}");
        var scope = silo.Grains.GetGrain<IScopeGrain>(path.Value);
        var record = new BudgetRecord
        {
            LedgerId = "budget",
            TenantId = TenantId,
            Scope = path.Value,
            Unit = Unit.Tokens,
            Status = BudgetStatus.Active,
            OverdraftLimit = 0,
            CreatedAt = DateTimeOffset.UnixEpoch,
        };

        Assert.True((await scope.Create(Origin, record, 10, replaced)).IsStale);
        Assert.Empty(await scope.Read());
        Assert.NotNull((await scope.Create(Origin, record, 10, present)).Budget);
    }

    [Fact]
    public async Task A_tenant_that_was_closed_stays_closed_and_ends_what_it_owns()
    {
        await using var silo = await RedisSilo.StartAsync();
        for (var i = 0; i < Tenants; i++)
        {
            var id = $"{TenantId}-{i}";
            var tenant = silo.Grains.GetGrain<ITenantAdminGrain>(id);
            await CreateTenantAsync(silo.Grains, id);
            await CreateBudgetAsync(tenant, ScopePath.FromCanonical($"tenant:{id}"), 10);
            using var stop = new CancellationTokenSource();
            var disturbing = DisturbAsync(silo.Grains, id, stop.Token);
            var renaming = RenameAsync(tenant, stop.Token);
            Assert.Null((await RepeatAsync(() => tenant.Update(Origin, new TenantUpdateRequest { Status = TenantStatus.Closed }))).Problem);
            await Until.TrueAsync(async () => await silo.Grains.GetGrain<ITenantPeerGrain>(id).GetClose() is { EndedAt: not null });
            await stop.CancelAsync();
            await Task.WhenAll(disturbing, renaming);
            Assert.Equal(TenantStatus.Closed, (await RepeatAsync(tenant.Get))?.Status);
        }
    }

    [Fact]
    public async Task Nothing_opens_a_closed_tenant_again_whatever_its_caller_believes()
    {
        await using var silo = await RedisSilo.StartAsync();
        await CreateTenantAsync(silo.Grains, TenantId);
        var ledger = silo.Grains.GetGrain<ILedgerGrain>(TenantId);
        var active = (await ledger.OpenTenant()).Tenant!;
        Assert.Null((await silo.Grains.GetGrain<ITenantAdminGrain>(TenantId).Update(Origin, new TenantUpdateRequest { Status = TenantStatus.Closed })).Problem);

        var epoch = (await ledger.OpenTenant()).Epoch;
        var outcome = await ledger.Commit(new LedgerTransaction
        {
            Record = new RecordStake(OpenedTenant.RecordId, epoch),
            Writes = [StoreWrite.Set(new TenantKeys(TenantId).Tenant, active)],
            AllowedWhenClosed = true,
        });

        Assert.Equal(CommitOutcome.Conflict, outcome);
        Assert.Contains("CLOSED", Encoding.UTF8.GetString((await ledger.OpenTenant()).Tenant!), StringComparison.Ordinal);
    }

    /// <summary>Takes the epoch of the tenant's grain away as fast as it goes: the next of its changes, or of its reserves, is in conflict.</summary>
    private static async Task DisturbAsync(IGrainFactory grains, string tenantId, CancellationToken stop)
    {
        var ledger = grains.GetGrain<ILedgerGrain>(tenantId);
        var random = new Random(1);
        while (!stop.IsCancellationRequested)
        {
            await ledger.OpenTenant();
            await Task.Delay(random.Next(1, 40), CancellationToken.None);
        }
    }

    private static async Task ReserveAsync(CyclesClient client, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var reply = await RepeatAsync(() => client.ReserveAsync(Reservation($"{i}", null, 1)));
            Assert.True(reply.IsSuccess, reply.Problem?.Message);
        }
    }

    private static async Task RenameAsync(ITenantAdminGrain tenant, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            await RepeatAsync(() => tenant.Update(Origin, new TenantUpdateRequest { Name = $"Name {i}" }));
        }
    }

    private static ReservationCreateRequest Reservation(string key, string? agent, long amount) => new()
    {
        IdempotencyKey = key,
        Subject = new Subject { Tenant = TenantId, Agent = agent },
        Action = new ActionInfo { Kind = "test", Name = "test" },
        Estimate = new Amount(Unit.Tokens, amount),
    };

    private static async Task CreateTenantAsync(IGrainFactory grains, string id) => Assert.Null(
        (await grains.GetGrain<ITenantAdminGrain>(id).Create(Origin, new TenantCreateRequest { TenantId = id, Name = "Test" })).Problem);

    private static async Task CreateBudgetAsync(ITenantAdminGrain tenant, ScopePath scope, long allocated)
    {
        var request = new BudgetCreateRequest { Scope = scope.Value, Unit = Unit.Tokens, Allocated = new Amount(Unit.Tokens, allocated) };
        var reply = await RepeatAsync(() => tenant.CreateBudget(Origin, scope, request));
        Assert.True(reply.Budget is not null || reply.Problem!.Code == ErrorCode.DuplicateResource, reply.Problem?.Message);
    }

    /// <summary>As clients do after an answer that says nothing: all of these may be repeated.</summary>
    private static async Task<T> RepeatAsync<T>(Func<ValueTask<T>> call)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await call();
            }
            catch (Exception exception) when (exception is StoreInDoubtException or StoreUnavailableException
                && TimeProvider.System.GetElapsedTime(started) < Until.Patience)
            {
                await Task.Delay(5);
            }
        }
    }
}
