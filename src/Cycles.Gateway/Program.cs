using Cycles.Gateway;
using Cycles.Gateway.Admin;
using Cycles.Gateway.Audit;
using Cycles.Gateway.Auth;
using Cycles.Gateway.Health;
using Cycles.Gateway.Hosting;
using Cycles.Gateway.Http;
using Cycles.Gateway.Runtime;
using Cycles.Silo;
using Cycles.Silo.Configuration;
using Cycles.Silo.Store;
using Microsoft.Extensions.Options;

return await StartUp.RunAsync(async () =>
{
    var builder = WebApplication.CreateSlimBuilder(args);
    builder.Configuration.AddDefaults((WebHostDefaults.ServerUrlsKey, "http://127.0.0.1:7878"));
    var options = builder.Configuration.GetChecked(CyclesOptions.Section, new CyclesOptionsValidator());
    var gatewayOptions = builder.Configuration.GetChecked(CyclesOptions.Section, new GatewayOptionsValidator());

    builder.WebHost.ConfigureKestrel(kestrel =>
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = gatewayOptions.MaxRequestBodyBytes;
    });
    builder.Services.AddSingleton(Options.Create(gatewayOptions));
    builder.Services.AddSingleton(TimeProvider.System);
    builder.Services.AddSingleton<ApiKeys>();
    builder.Services.AddSingleton<AdminKey>();
    builder.Services.AddSingleton<Authenticator>();
    builder.Services.AddSingleton(services => new AuditJournal(
        services.GetRequiredService<IGrainFactory>(), gatewayOptions, services.GetRequiredService<ILogger<AuditJournal>>()));
    builder.Services.AddCyclesTelemetry(builder.Configuration, "cycles-gateway", Cycles.Gateway.Telemetry.Name);

    await using var store = await builder.AddGrainsAsync(options);
    var app = builder.Build();
    app.UseMiddleware<ProtocolMiddleware>();
    app.UseRouting();
    foreach (var map in Endpoints(app.Services, gatewayOptions))
    {
        map(app);
    }

    await app.StartAsync();
    var generatedAdminKey = await app.Services.GetRequiredService<AdminKey>().SettleAsync();
    FirstSteps.Print(app.Urls.First(), generatedAdminKey);
    await app.WaitForShutdownAsync();
});

static IEnumerable<Action<IEndpointRouteBuilder>> Endpoints(IServiceProvider services, GatewayOptions options)
{
    var grains = services.GetRequiredService<IGrainFactory>();
    yield return new RuntimeEndpoints(grains).Map;
    yield return new ReservationListEndpoint(grains).Map;
    yield return new BalanceEndpoint(grains).Map;
    yield return new TenantEndpoints(grains).Map;
    yield return new TenantBulkEndpoint(grains).Map;
    yield return new ApiKeyEndpoints(grains, services.GetRequiredService<TimeProvider>()).Map;
    yield return new BudgetEndpoints(grains).Map;
    yield return new BudgetListEndpoint(grains).Map;
    yield return new BudgetPeriodEndpoints(grains, services.GetRequiredService<TimeProvider>()).Map;
    yield return new BudgetBulkEndpoint(grains).Map;
    yield return new PolicyEndpoints(grains).Map;
    yield return new AuditLogEndpoint(grains).Map;
    yield return new OverviewEndpoint(grains, services.GetRequiredService<TimeProvider>()).Map;
    yield return new HealthEndpoints(grains).Map;
    if (options.NoOpEndpoint)
    {
        yield return NoOpEndpoint.Map;
    }
}
