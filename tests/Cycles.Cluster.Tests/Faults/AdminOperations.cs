using System.Text.Json.Nodes;
using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Servers;

namespace Cycles.Cluster.Tests.Faults;

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
            count += (await World.Api.SendAsync(ApiRequest.Get($"/v1/admin/tenants/made-{number}", null))).IsSuccess ? 1 : 0;
        }

        return count;
    }

    protected override async Task VerifyAsync(Attempt attempt) =>
        await World.GetAsync($"/v1/admin/tenants/{(string)attempt.Answer!.Body!["tenant_id"]!}");
}

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
            var answer = await World.Api.SendAsync(ApiRequest.Get($"/v1/admin/budgets/lookup?scope={scope}&unit={Load.Requests.Unit}", null));
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
        await World.GetAsync($"/v1/reservations?tenant={FaultWorld.Tenant}&limit=1", Alias);
    }
}

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
                var path = $"/v1/admin/budgets/lookup?scope={Uri.EscapeDataString($"tenant:{id}")}&unit={Load.Requests.Unit}";
                return (status = (string?)(await World.GetAsync(path))["status"]) == "CLOSED";
            },
            TimeSpan.FromSeconds(90),
            () => $"{Name}: the budget of {id} is {status}");
    }

    private static string Id(int number) => $"closing-{number}";
}

/// <summary>Walks over the pages of a list of the admin plane.</summary>
internal static class Pages
{
    /// <summary>How many rows count.</summary>
    public static async Task<long> CountAsync(FaultWorld world, string path, string member, Func<JsonNode, bool> counts)
    {
        var count = 0L;
        string? cursor = null;
        do
        {
            var page = await world.GetAsync(cursor is null ? path : $"{path}&cursor={Uri.EscapeDataString(cursor)}");
            count += page[member]!.AsArray().Count(row => counts(row!));
            cursor = (string?)page["next_cursor"];
        }
        while (cursor is not null);
        return count;
    }
}
