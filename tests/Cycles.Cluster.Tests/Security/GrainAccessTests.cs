using System.Reflection;
using Cycles.Contracts.Agents;
using Cycles.Contracts.Calls;
using Cycles.Contracts.Security;
using Cycles.Contracts.Tenants;
using Cycles.Grains.Peers;
using Cycles.Grains.Security;

namespace Cycles.Cluster.Tests.Security;

/// <summary>Every grain interface says which Orleans clients may call it.</summary>
public sealed class GrainAccessTests
{
    private static readonly Type[] Interfaces = [.. new[] { typeof(ITenantGrain).Assembly, typeof(IScopeGrain).Assembly }
        .SelectMany(assembly => assembly.GetTypes())
        .Where(type => type.IsInterface && typeof(IGrain).IsAssignableFrom(type) && !typeof(Orleans.Services.IGrainService).IsAssignableFrom(type))];

    [Fact]
    public void Every_grain_interface_says_which_clients_may_call_it()
    {
        Assert.True(Interfaces.Length > 15);
        Assert.All(Interfaces, type => Assert.NotNull(type.GetCustomAttribute<ClientAccessAttribute>()));
    }

    [Fact]
    public void The_door_of_the_agents_is_the_only_one_for_agents() => Assert.Equal(
        [typeof(IAgentGrain)],
        Interfaces.Where(type => type.GetCustomAttribute<ClientAccessAttribute>()!.Access == ClientAccess.Agents));

    [Fact]
    public void Every_call_of_an_agent_shows_an_API_key() => Assert.All(
        typeof(IAgentGrain).GetMethods(), method => Assert.Equal([typeof(AgentCall)], method.GetParameters().Select(parameter => parameter.ParameterType)));

    [Fact]
    public void What_is_not_a_grain_of_ours_is_closed_to_every_client()
    {
        Assert.Equal(ClientAccess.None, GrainAccess.Of(typeof(object)));
        Assert.Equal(ClientAccess.None, new GrainAccess([]).Of("management"u8));
        Assert.Equal(ClientAccess.None, new GrainAccess([]).Of("sys.svc.clustering.membership"u8));
    }

    [Fact]
    public void Each_call_of_a_gateway_may_go_by_way_of_another_silo() => Assert.All(
        Interfaces.Where(type => type.GetCustomAttribute<ClientAccessAttribute>()!.Access == ClientAccess.Gateways).SelectMany(type => type.GetMethods()),
        method => Assert.NotNull(method.GetCustomAttribute<AnyRouteAttribute>()));

    [Fact]
    public void The_probe_of_a_silo_is_open_to_gateways() =>
        Assert.Equal(ClientAccess.Gateways, new GrainAccess([]).Of("sys.svc.cycles-probe"u8));

    [Fact]
    public void A_key_does_not_stand_in_what_is_logged_of_a_call() => Assert.DoesNotContain(
        "secret", new AgentCall { ApiKey = "secret", Operation = AgentOperation.Reserve }.ToString(), StringComparison.Ordinal);
}
