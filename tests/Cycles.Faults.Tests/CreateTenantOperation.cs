using Cycles.Cluster.Tests.Api;

namespace Cycles.Faults.Tests;

/// <summary>Makes tenants.</summary>
internal sealed class CreateTenantOperation(FaultWorld world) : FaultOperation(world)
{
    public override string Name => "create-tenant";

    protected override bool IsKeyed => false;

    protected override ApiRequest Next(int number) =>
        ApiRequest.Post("/v1/admin/tenants", null, $$"""{"tenant_id":"made-{{number}}","name":"made"}""");

    protected override async Task<long> CountAsync()
    {
        var count = 0L;
        for (var number = 0; number < Attempts.Count; number++)
        {
            count += (await World.Api.SendUntilAnsweredAsync(ApiRequest.Get($"/v1/admin/tenants/made-{number}", null))).IsSuccess ? 1 : 0;
        }

        return count;
    }

    protected override async Task VerifyAsync(Attempt attempt) =>
        await World.GetAsync($"/v1/admin/tenants/{(string)attempt.Answer!.Body!["tenant_id"]!}");
}
