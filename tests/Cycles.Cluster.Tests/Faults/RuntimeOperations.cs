using System.Text.Json.Nodes;
using Cycles.Cluster.Tests.Api;

namespace Cycles.Cluster.Tests.Faults;

/// <summary>Reserves one unit a time, on a budget that ends in the middle of the run: never more than its allocation is held.</summary>
internal sealed class ReserveOperation(FaultWorld world) : FaultOperation(world)
{
    private const string Ample = "reserve";
    private const string Tight = "reserve-tight";
    private const long TightAllocation = 40;

    public override string Name => "reserve";

    public override async Task PrepareAsync()
    {
        if (Attempts.Count == 0)
        {
            await World.CreateBudgetAsync(Ample);
            await World.CreateBudgetAsync(Tight, TightAllocation);
        }
    }

    protected override ApiRequest Next(int number) => FaultWorld.Reserve(number % 2 == 0 ? Ample : Tight, $"reserve-{number}");

    protected override bool IsAllowed(Answer refusal) => refusal.Error == "BUDGET_EXCEEDED";

    protected override async Task<long> CountAsync()
    {
        var count = 0L;
        foreach (var workspace in new[] { Ample, Tight })
        {
            var numbers = await World.NumbersAsync(workspace);
            var rows = await World.ReservationsAsync(workspace);
            if (numbers.Reserved != rows.Count || numbers.Reserved > numbers.Allocated)
            {
                World.Object($"{Name}: {workspace} is at {numbers}, and has {rows.Count} reservations of 1");
            }

            count += rows.Count;
        }

        return count;
    }

    protected override async Task VerifyAsync(Attempt attempt)
    {
        var id = (string)attempt.Answer!.Body!["reservation_id"]!;
        if ((string?)(await World.GetAsync($"/v1/reservations/{id}", FaultWorld.Tenant))["status"] != "ACTIVE")
        {
            World.Object($"{Name}: {id} was acknowledged and is not active");
        }
    }
}

/// <summary>Commits or releases reservations that were made before the fault.</summary>
internal sealed class SettleOperation(FaultWorld world, bool commits) : FaultOperation(world)
{
    private const int EachRound = 60;

    private readonly List<string> _reservations = [];

    public override string Name => commits ? "commit" : "release";

    public override async Task PrepareAsync()
    {
        if (_reservations.Count == 0)
        {
            await World.CreateBudgetAsync(Name);
        }

        var made = Enumerable.Range(_reservations.Count, EachRound)
            .Select(number => World.SendAsync(FaultWorld.Reserve(Name, $"for-{Name}-{number}")));
        _reservations.AddRange((await Task.WhenAll(made)).Select(answer => (string)answer["reservation_id"]!));
    }

    protected override ApiRequest? Next(int number) => number >= _reservations.Count
        ? null
        : ApiRequest.Post(
            $"/v1/reservations/{_reservations[number]}/{Name}",
            FaultWorld.Tenant,
            commits
                ? new JsonObject { ["idempotency_key"] = $"commit-{number}", ["actual"] = Load.Requests.Amount(1) }.ToJsonString()
                : new JsonObject { ["idempotency_key"] = $"release-{number}" }.ToJsonString());

    protected override async Task<long> CountAsync()
    {
        var numbers = await World.NumbersAsync(Name);
        var rows = await World.ReservationsAsync(Name);
        var done = rows.Count(row => row.Status == (commits ? "COMMITTED" : "RELEASED"));
        if (numbers.Spent != (commits ? done : 0) || numbers.Reserved != rows.Count - done || rows.Count != _reservations.Count)
        {
            World.Object($"{Name}: the budget is at {numbers}, {done} of {rows.Count} reservations of 1 are done, {_reservations.Count} were made");
        }

        return done;
    }

    protected override async Task VerifyAsync(Attempt attempt)
    {
        var path = attempt.Request.Path[..attempt.Request.Path.LastIndexOf('/')];
        var status = (string?)(await World.GetAsync(path, FaultWorld.Tenant))["status"];
        if (status != (commits ? "COMMITTED" : "RELEASED"))
        {
            World.Object($"{Name}: {path} was acknowledged and is {status}");
        }
    }
}

/// <summary>Charges one unit a time without a reservation.</summary>
internal sealed class EventOperation(FaultWorld world) : FaultOperation(world)
{
    public override string Name => "event";

    public override Task PrepareAsync() => Attempts.Count == 0 ? World.CreateBudgetAsync(Name) : Task.CompletedTask;

    protected override ApiRequest Next(int number) => FaultWorld.Event(Name, $"event-{number}");

    protected override async Task<long> CountAsync() => (await World.NumbersAsync(Name)).Spent;
}

/// <summary>Credits one unit a time, with an idempotency key or without.</summary>
internal sealed class FundOperation(FaultWorld world, bool isKeyed) : FaultOperation(world)
{
    public override string Name => isKeyed ? "fund" : "fund-without-key";

    protected override bool IsKeyed => isKeyed;

    public override Task PrepareAsync() => Attempts.Count == 0 ? World.CreateBudgetAsync(Name) : Task.CompletedTask;

    protected override ApiRequest Next(int number)
    {
        var body = new JsonObject { ["operation"] = "CREDIT", ["amount"] = Load.Requests.Amount(1) };
        if (isKeyed)
        {
            body["idempotency_key"] = $"fund-{number}";
        }

        return ApiRequest.Post(
            $"/v1/admin/budgets/fund?scope={Uri.EscapeDataString(FaultWorld.Scope(Name))}&unit={Load.Requests.Unit}&tenant_id={FaultWorld.Tenant}",
            null,
            body.ToJsonString());
    }

    protected override async Task<long> CountAsync()
    {
        var given = (await World.NumbersAsync(Name)).Allocated - FaultWorld.Ample;
        var audited = 0L;
        string? cursor = null;
        do
        {
            var path = $"/v1/admin/audit/logs?tenant_id={FaultWorld.Tenant}&operation=fundBudget&status=200&limit=2000";
            var page = await World.GetAsync(cursor is null ? path : $"{path}&cursor={cursor}");
            audited += page["logs"]!.AsArray().Count(entry => (string?)entry!["metadata"]!["scope"] == FaultWorld.Scope(Name));
            cursor = (string?)page["next_cursor"];
        }
        while (cursor is not null);
        if (audited != given)
        {
            World.Object($"{Name}: the budget was given {given}, and by the audit log {audited}");
        }

        return given;
    }
}
