using System.Text.Json.Nodes;
using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Load;
using Cycles.Cluster.Tests.Servers;

namespace Cycles.Faults.Tests;

/// <summary>Closes tenants that were made before the fault, each with a budget.</summary>
internal sealed class CloseOperation(FaultWorld world) : FaultOperation(world)
{
    private const int EachRound = 12;

    private int _made;

    public override string Name => "close";

    protected override bool IsKeyed => false;

    public override async Task PrepareAsync()
    {
        for (var i = 0; i < EachRound; i++, _made++)
        {
            await World.AdministerAsync("/v1/admin/tenants", new JsonObject { ["tenant_id"] = Id(_made), ["name"] = "to be closed" });
            await World.AdministerAsync("/v1/admin/budgets", FaultWorld.Budget(Id(_made), $"tenant:{Id(_made)}", 5));
        }
    }

    protected override ApiRequest? Next(int number) => number >= _made
        ? null
        : new ApiRequest(HttpMethod.Patch, $"/v1/admin/tenants/{Id(number)}", null, """{"status":"CLOSED"}""");

    protected override async Task<long> CountAsync()
    {
        var count = 0L;
        for (var number = 0; number < _made; number++)
        {
            count += (string?)(await World.GetAsync($"/v1/admin/tenants/{Id(number)}"))["status"] == "CLOSED" ? 1 : 0;
        }

        return count;
    }

    /// <summary>What it owned ends too, sooner or later.</summary>
    protected override async Task VerifyAsync(Attempt attempt)
    {
        var id = attempt.Request.Path.Split('/')[^1];
        string? status = null;
        await Until.TrueAsync(
            async () =>
            {
                var path = $"/v1/admin/budgets/lookup?scope={Uri.EscapeDataString($"tenant:{id}")}&unit={Requests.Unit}";
                return (status = (string?)(await World.GetAsync(path))["status"]) == "CLOSED";
            },
            TimeSpan.FromSeconds(90),
            () => $"{Name}: the budget of {id} is {status}");
    }

    private static string Id(int number) => $"closing-{number}";
}
