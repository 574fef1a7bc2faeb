using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Load;

namespace Cycles.Faults.Tests;

/// <summary>Makes budgets, with an allocation at once.</summary>
internal sealed class CreateBudgetOperation(FaultWorld world) : FaultOperation(world)
{
    private const long Allocated = 7;

    public override string Name => "create-budget";

    protected override bool IsKeyed => false;

    protected override ApiRequest Next(int number) => ApiRequest.Post(
        "/v1/admin/budgets", null, FaultWorld.Budget(FaultWorld.Tenant, FaultWorld.Scope($"made-{number}"), Allocated).ToJsonString());

    protected override async Task<long> CountAsync()
    {
        var count = 0L;
        for (var number = 0; number < Attempts.Count; number++)
        {
            var scope = Uri.EscapeDataString(FaultWorld.Scope($"made-{number}"));
            var answer = await World.Api.SendUntilAnsweredAsync(ApiRequest.Get($"/v1/admin/budgets/lookup?scope={scope}&unit={Requests.Unit}", null));
            count += answer.IsSuccess ? 1 : 0;
            if (answer.IsSuccess && answer.Amount("allocated") != Allocated)
            {
                World.Object($"{Name}: was made with {Allocated}, and is {answer}");
            }
        }

        return count;
    }

    protected override async Task VerifyAsync(Attempt attempt)
    {
        var workspace = ((string)attempt.Answer!.Body!["scope"]!).Split(':')[^1];
        await World.NumbersAsync(workspace);
    }
}
