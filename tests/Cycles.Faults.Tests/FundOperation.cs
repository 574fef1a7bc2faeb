using System.Text.Json.Nodes;
using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Load;

namespace Cycles.Faults.Tests;

/// <summary>Credits one unit a time, with an idempotency key or without.</summary>
internal sealed class FundOperation(FaultWorld world, bool isKeyed) : FaultOperation(world)
{
    public override string Name => isKeyed ? "fund" : "fund-without-key";

    protected override bool IsKeyed => isKeyed;

    public override Task PrepareAsync() => Attempts.Count == 0 ? World.CreateBudgetAsync(Name) : Task.CompletedTask;

    protected override ApiRequest Next(int number)
    {
        var body = new JsonObject { ["operation"] = "CREDIT", ["amount"] = Requests.Amount(1) };
        if (isKeyed)
        {
            body["idempotency_key"] = $"fund-{number}";
        }

        return ApiRequest.Post(
            $"/v1/admin/budgets/fund?scope={Uri.EscapeDataString(FaultWorld.Scope(Name))}&unit={Requests.Unit}&tenant_id={FaultWorld.Tenant}",
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
