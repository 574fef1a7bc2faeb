using System.Text.Json.Nodes;
using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Load;

namespace Cycles.Faults.Tests;

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
                ? new JsonObject { ["idempotency_key"] = $"commit-{number}", ["actual"] = Requests.Amount(1) }.ToJsonString()
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
