using Cycles.Gateway.Admin;
using Cycles.Gateway.Auth;
using Cycles.Gateway.Health;
using Cycles.Gateway.Runtime;

namespace Cycles.Gateway.Hosting;

/// <summary>Everything that the gateway serves.</summary>
internal static class GatewayEndpoints
{
    /// <summary>Maps it all; it needs the services, but none of them to have started.</summary>
    public static void MapCycles(this IEndpointRouteBuilder routes, GatewayOptions options)
    {
        foreach (var map in Endpoints(routes.ServiceProvider, options))
        {
            map(routes);
        }
    }

    private static IEnumerable<Action<IEndpointRouteBuilder>> Endpoints(IServiceProvider services, GatewayOptions options)
    {
        var grains = services.GetRequiredService<IGrainFactory>();
        yield return new RuntimeEndpoints(grains).Map;
        yield return new ReservationListEndpoint(grains).Map;
        yield return new BalanceEndpoint(grains).Map;
        yield return new TenantEndpoints(grains).Map;
        yield return new TenantBulkEndpoint(grains).Map;
        yield return new AuthEndpoints(services.GetRequiredService<ApiKeys>()).Map;
        yield return new ApiKeyEndpoints(grains, services.GetRequiredService<TimeProvider>()).Map;
        yield return new BudgetEndpoints(grains).Map;
        yield return new BudgetListEndpoint(grains).Map;
        yield return new BudgetPeriodEndpoints(grains, services.GetRequiredService<TimeProvider>()).Map;
        yield return new BudgetBulkEndpoint(grains).Map;
        yield return new PolicyEndpoints(grains).Map;
        yield return new AuditLogEndpoint(grains).Map;
        yield return new OverviewEndpoint(grains, services.GetRequiredService<TimeProvider>()).Map;
        yield return new HealthEndpoints(grains, services.GetRequiredService<Drain>()).Map;
        if (options.NoOpEndpoint)
        {
            yield return NoOpEndpoint.Map;
        }
    }
}
