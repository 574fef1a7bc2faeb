using Cycles.Cluster.Tests.Api;

namespace Cycles.Faults.Tests;

/// <summary>Makes API keys. Each that was acknowledged opens, and a call leaves one at most.</summary>
internal sealed class CreateKeyOperation(FaultWorld world) : FaultOperation(world)
{
    private const string Label = "made";

    public override string Name => "create-key";

    protected override bool IsKeyed => false;

    protected override ApiRequest Next(int number) =>
        ApiRequest.Post("/v1/admin/api-keys", null, $$"""{"tenant_id":"{{FaultWorld.Tenant}}","name":"{{Label}}"}""");

    protected override async Task<long> CountAsync() =>
        await Pages.CountAsync(World, $"/v1/admin/api-keys?tenant_id={FaultWorld.Tenant}&status=ACTIVE&limit=100", "keys", row => (string?)row["name"] == Label);

    protected override async Task VerifyAsync(Attempt attempt)
    {
        const string Alias = "made-key";
        World.Api.UseKey(Alias, (string)attempt.Answer!.Body!["key_secret"]!);
        var opened = await World.Api.SendUntilAnsweredAsync(ApiRequest.Get($"/v1/reservations?tenant={FaultWorld.Tenant}&limit=1", Alias));
        if (!opened.IsSuccess)
        {
            World.Object($"{Name}: the key {attempt.Answer.Body["key_id"]} was acknowledged and does not open: {opened}");
        }
    }
}
