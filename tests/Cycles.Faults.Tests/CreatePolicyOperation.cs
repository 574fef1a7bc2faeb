using System.Text.Json.Nodes;
using Cycles.Cluster.Tests.Api;

namespace Cycles.Faults.Tests;

/// <summary>Makes policies.</summary>
internal sealed class CreatePolicyOperation(FaultWorld world) : FaultOperation(world)
{
    public override string Name => "create-policy";

    protected override bool IsKeyed => false;

    protected override ApiRequest Next(int number) => ApiRequest.Post("/v1/admin/policies", null, new JsonObject
    {
        ["tenant_id"] = FaultWorld.Tenant,
        ["name"] = $"made-{number}",
        ["scope_pattern"] = $"{FaultWorld.Scope("nothing-matches-this")}",
        ["caps"] = new JsonObject { ["max_tokens"] = 1 },
    }.ToJsonString());

    protected override async Task<long> CountAsync() =>
        await Pages.CountAsync(World, $"/v1/admin/policies?tenant_id={FaultWorld.Tenant}&limit=100", "policies", _ => true);
}
