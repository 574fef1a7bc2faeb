using Cycles.Cluster.Tests.Api;

namespace Cycles.Faults.Tests;

/// <summary>Charges one unit a time without a reservation.</summary>
internal sealed class EventOperation(FaultWorld world) : FaultOperation(world)
{
    public override string Name => "event";

    public override Task PrepareAsync() => Attempts.Count == 0 ? World.CreateBudgetAsync(Name) : Task.CompletedTask;

    protected override ApiRequest Next(int number) => FaultWorld.Event(Name, $"event-{number}");

    protected override async Task<long> CountAsync() => (await World.NumbersAsync(Name)).Spent;
}
