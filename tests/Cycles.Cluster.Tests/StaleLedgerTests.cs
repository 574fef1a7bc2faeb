using Cycles.Client;
using Cycles.Cluster.Tests.Servers;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Lists;
using Cycles.Contracts.Scopes;
using Cycles.Contracts.Tenants;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Decisions;
using Cycles.Protocol.Keys;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;
using Cycles.Protocol.Tenants;

namespace Cycles.Cluster.Tests;

/// <summary>
/// A silo that was declared dead and does not know it yet, as one that hung and goes on again: another one serves its tenants. Here they are two
/// clusters of one silo each on the same store, so that neither ever learns of the other. What the old one remembers is no answer.
/// </summary>
public sealed class StaleLedgerTests
{
    private const string TenantId = "taken-over";
    private const long Allocated = 30;

    private static readonly Origin Origin = Origin.System("test");
    private static readonly ScopePath Scope = ScopePath.FromCanonical($"tenant:{TenantId}");

    [Fact]
    public Task A_reservation_that_the_new_one_made_can_be_ended_on_the_old() => AfterTakeoverAsync(async (old, present) =>
    {
        var id = await ReserveAsync(present, "theirs", 1);
        Assert.Null((await old.Client.ReleaseAsync(id, new ReleaseRequest { IdempotencyKey = "end" })).Problem);
    });

    [Fact]
    public Task A_reservation_that_the_new_one_ended_is_not_shown_as_active() => AfterTakeoverAsync(async (old, present) =>
    {
        Assert.Null((await present.Client.ReleaseAsync(old.Reservation, new ReleaseRequest { IdempotencyKey = "end" })).Problem);
        Assert.Equal(ReservationStatus.Released, (await old.Client.GetAsync(old.Reservation)).Value!.Status);
    });

    [Fact]
    public Task A_reserve_that_fits_since_the_new_one_funded_the_budget_is_not_denied() => AfterTakeoverAsync(async (old, present) =>
    {
        Assert.Null((await FundAsync(present, 100)).Problem);
        await ReserveAsync(old, "fits-now", 100);
    });

    [Fact]
    public Task A_decision_is_made_on_what_the_new_one_funded() => AfterTakeoverAsync(async (old, present) =>
    {
        Assert.Null((await FundAsync(present, 100)).Problem);
        var decided = await old.Client.DecideAsync(new DecisionRequest
        {
            IdempotencyKey = "decide",
            Subject = new Subject { Tenant = TenantId },
            Action = new ActionInfo { Kind = "test", Name = "test" },
            Estimate = new Amount(Unit.Tokens, 100),
        });
        Assert.Equal(Decision.Allow, decided.Value!.Decision);
    });

    [Fact]
    public Task A_budget_that_the_new_one_made_is_found_when_it_is_funded() => AfterTakeoverAsync(async (old, present) =>
    {
        await CreateBudgetAsync(present, Unit.Credits);
        Assert.Null((await FundAsync(old, 1, Unit.Credits)).Problem);
    });

    [Fact]
    public Task A_key_that_the_new_one_revoked_opens_nothing() => AfterTakeoverAsync(async (old, present) =>
    {
        Assert.Equal(ApiKeyStatus.Active, (await old.Tenant.FindKey(old.SecretHash))!.Key.Status);
        Assert.Null((await present.TenantAdmin.RevokeKey(Origin, old.KeyId, null)).Problem);
        Assert.Equal(ApiKeyStatus.Revoked, (await old.Tenant.FindKey(old.SecretHash))!.Key.Status);
    });

    [Fact]
    public Task A_list_has_what_the_new_one_made() => AfterTakeoverAsync(async (old, present) =>
    {
        await old.Client.ListAsync(new ReservationQuery { Limit = 10 });
        var id = await ReserveAsync(present, "listed", 1);
        var page = (await old.Client.ListAsync(new ReservationQuery { Limit = 10 })).Value!;
        Assert.Contains(page.Reservations, row => row.ReservationId == id);
    });

    /// <summary>Runs a test on an old silo that has served the tenant, and a new one that then takes it over with its first request.</summary>
    private static async Task AfterTakeoverAsync(Func<Side, Side, Task> test)
    {
        using var data = new TemporaryFolder();
        await using var stores = await SharedStore.OpenAsync(data.Path);
        await using var oldCluster = await stores.DeployAsync(silos: 1);
        await using var newCluster = await stores.DeployAsync(silos: 1);
        var old = new Side(oldCluster.Client);
        Assert.Null((await old.TenantAdmin.Create(Origin, new TenantCreateRequest { TenantId = TenantId, Name = "Test" })).Problem);
        await CreateBudgetAsync(old, Unit.Tokens);
        var key = (await old.TenantAdmin.CreateKey(Origin, new ApiKeyCreateRequest { TenantId = TenantId, Name = "key" })).Key!;
        old = old with
        {
            KeyId = key.KeyId,
            SecretHash = Contracts.Keys.ApiKeySecrets.Hash(key.KeySecret),
            Reservation = await ReserveAsync(old, "mine", Allocated - 1),
        };
        Assert.Equal(ErrorCode.BudgetExceeded, (await old.Client.ReserveAsync(Request("too-much", 2))).Problem!.Code);
        await test(old, new Side(newCluster.Client));
    }

    private static async Task<string> ReserveAsync(Side side, string key, long amount)
    {
        var reply = await side.Client.ReserveAsync(Request(key, amount));
        Assert.True(reply.IsSuccess, reply.Problem?.Message);
        return reply.Value!.ReservationId!;
    }

    private static ValueTask<FundReply> FundAsync(Side side, long amount, Unit unit = Unit.Tokens) => side.Grains.GetGrain<IScopeAdminGrain>(Scope.Value)
        .Fund(Origin, new FundCommand(unit, FundingOperation.Credit, amount, 0, null, "hash"));

    private static async Task CreateBudgetAsync(Side side, Unit unit) => Assert.NotNull((await side.TenantAdmin.CreateBudget(
        Origin, Scope, new BudgetCreateRequest { Scope = Scope.Value, Unit = unit, Allocated = new Amount(unit, Allocated) })).Budget);

    private static ReservationCreateRequest Request(string key, long amount) => new()
    {
        IdempotencyKey = key,
        Subject = new Subject { Tenant = TenantId },
        Action = new ActionInfo { Kind = "test", Name = "test" },
        Estimate = new Amount(Unit.Tokens, amount),
    };

    private sealed record Side(IClusterClient Grains)
    {
        public CyclesClient Client { get; } = new(Grains, TenantId);

        public ITenantGrain Tenant { get; } = Grains.GetGrain<ITenantGrain>(TenantId);

        public ITenantAdminGrain TenantAdmin { get; } = Grains.GetGrain<ITenantAdminGrain>(TenantId);

        public string Reservation { get; init; } = string.Empty;

        public string KeyId { get; init; } = string.Empty;

        public string SecretHash { get; init; } = string.Empty;
    }
}
