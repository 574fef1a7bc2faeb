using Cycles.Cluster.Tests.Api;

namespace Cycles.Faults.Tests;

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
