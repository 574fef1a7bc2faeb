using Cycles.Gateway;
using Cycles.Gateway.Hosting;
using Cycles.Http.Tests.Server;
using Cycles.Protocol.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Cycles.Http.Tests.Isolation;

/// <summary>Every operation of the server, called by every kind of caller that has no right to it.</summary>
public sealed class IsolationTests(ServerFixture server)
{
    private Api Api => server.Api;

    public static TheoryData<string> Names => [.. IsolationTable.Rows.Select(row => row.Name)];

    [Fact]
    public void The_table_has_the_operations_of_the_server_all_of_them_and_no_other() => Assert.Equal(
        ReadRegistered().Order(StringComparer.Ordinal),
        IsolationTable.Rows.Select(row => row.Operation).Distinct().Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_caller_without_the_right_changes_and_sees_nothing_and_one_with_it_succeeds(string name)
    {
        var row = IsolationTable.Rows.Single(row => row.Name == name);
        var world = await World.CreateAsync(Api);
        var request = row.Ask(world);
        var refused = await RefusedAsync(row, world);
        var before = await world.SnapshotAsync();
        var problems = new List<string>();
        foreach (var (who, key, header, outcome) in refused)
        {
            var answer = await Api.SendAsync(row.Method, request.Path, string.Empty, request.Body, (header, key));
            if (Judge(answer, outcome, world) is { } problem)
            {
                problems.Add($"{who}: {problem}");
            }
        }

        Assert.True(problems.Count == 0, string.Join('\n', problems));
        Assert.Equal(before, await world.SnapshotAsync());
        var allowed = row switch
        {
            { IsOpen: true } => await Api.SendAsync(row.Method, request.Path, string.Empty, request.Body),
            { Permission: { } permission } =>
                await Api.SendAsync(row.Method, request.Path, (await world.CreateKeyAsync([permission])).Secret, request.Body),
            _ => await Api.SendAsync(row.Method, request.Path, ServerProcess.AdminKey, request.Body),
        };
        allowed.Expect(row.Success);
        if (row.Foreign == Outcome.ShowsNothing || row.Restricted.Shows != Shows.Anything)
        {
            // Else it would prove nothing that the others do not see it.
            Assert.True(row.TakesAnyKey || allowed.Body.ToJsonString().Contains(world.Outside), allowed.Body.ToJsonString());
        }
    }

    private static async Task<List<(string Who, string Key, string Header, Outcome Outcome)>> RefusedAsync(Row row, World world)
    {
        const string ApiKey = "X-Cycles-API-Key";
        const string AdminKey = "X-Admin-API-Key";
        if (row.IsOpen)
        {
            return [];
        }

        List<(string, string, string, Outcome)> refused =
        [
            ("no key", string.Empty, "X-Nothing", Outcome.Unauthorized),
            ("an unknown key", $"cyc_live_{new string('x', 32)}", ApiKey, Outcome.Unauthorized),
            ("something that is no key", "x", ApiKey, Outcome.Unauthorized),
            ("a wrong admin key", "x", AdminKey, Outcome.Unauthorized),
            ("an API key as the admin key", world.Tenant.Key, AdminKey, Outcome.Unauthorized),
            ("the admin key as an API key", ServerProcess.AdminKey, ApiKey, Outcome.Unauthorized),
            ("a revoked key", world.RevokedKey, ApiKey, Outcome.Unauthorized),
        ];
        if (!row.TakesAdmin)
        {
            refused.Add(("the admin key", ServerProcess.AdminKey, AdminKey, Outcome.Unauthorized));
        }

        var takesApiKeys = row.TakesAnyKey || row.Permission is not null;
        refused.Add(("another tenant's key", world.Stranger.Key, ApiKey, takesApiKeys ? row.Foreign : Outcome.Unauthorized));
        refused.Add(("a restricted key", world.RestrictedKey, ApiKey, takesApiKeys ? row.Restricted : Outcome.Unauthorized));
        if (row.Permission is { } permission)
        {
            var (_, others) = await world.CreateKeyAsync(World.TenantPermissions.Where(other => other != permission));
            refused.Add((
                $"a key with all but {permission}", others, ApiKey, Permissions.IsOfRuntime(permission) ? Outcome.Forbidden : Outcome.LacksPermission));
        }
        else if (!takesApiKeys)
        {
            refused.Add(("the tenant's own key", world.Tenant.Key, ApiKey, Outcome.Unauthorized));
        }

        return refused;
    }

    private static string? Judge(Answer answer, Outcome outcome, World world)
    {
        var body = answer.Body.ToJsonString();
        if (answer.Status != outcome.Status || answer.Error != outcome.Error)
        {
            return $"{(int)outcome.Status} {outcome.Error} was wanted, {(int)answer.Status} came: {body}";
        }

        // What is refused may name what was asked for, and nothing else.
        return outcome.Shows switch
        {
            Shows.Nothing when body.Contains(world.Outside) || body.Contains(world.Inside) || body.Contains(world.Tenant.Id) => $"sees {body}",
            Shows.InsideOnly when body.Contains(world.Outside) || !body.Contains(world.Inside) => $"sees {body}",
            _ => null,
        };
    }

    /// <summary>What the server's own mapping registers, without starting it.</summary>
    private static HashSet<string> ReadRegistered()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddGateway(new GatewayOptions());
        builder.Host.UseOrleansClient(client => client.UseLocalhostClustering());
        using IHost host = builder.Build();
        var app = (WebApplication)host;
        app.MapCycles(new GatewayOptions());
        return
        [
            .. ((IEndpointRouteBuilder)app).DataSources
                .SelectMany(source => source.Endpoints)
                .Cast<RouteEndpoint>()
                .SelectMany(endpoint => endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods
                    .Where(method => method != HttpMethods.Head) // The same endpoint as GET, without a body.
                    .Select(method => $"{method} {endpoint.RoutePattern.RawText}")),
        ];
    }
}
