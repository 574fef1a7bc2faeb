using System.Diagnostics;
using Cycles.Gateway;
using Cycles.Gateway.Auth;
using Cycles.Gateway.Hosting;
using Cycles.Gateway.Http;
using Cycles.Gateway.Http.Refusals;
using Cycles.Silo;
using Cycles.Silo.Configuration;
using Cycles.Silo.Ending;
using Cycles.Silo.Logging;

return await StartUp.RunAsync(async () =>
{
    var builder = WebApplication.CreateSlimBuilder(args);
    builder.Configuration.AddDefaults((WebHostDefaults.ServerUrlsKey, "http://127.0.0.1:7878"));
    StartUpChecks.Run(builder.Configuration, (CyclesOptions.Section, typeof(GatewayOptions)));
    ListenAddresses.Check(builder.Configuration);
    var options = builder.Configuration.GetChecked(CyclesOptions.Section, new CyclesOptionsValidator());
    var gatewayOptions = builder.Configuration.GetChecked(CyclesOptions.Section, new GatewayOptionsValidator());
    AdminKeySource.Settle(gatewayOptions);
    if (DataFolder.FindFormer(options.DataPath) is { } former)
    {
        Console.Error.WriteLine($"Warning: {former}");
    }

    builder.WebHost.ConfigureKestrel(kestrel =>
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = gatewayOptions.MaxRequestBodyBytes;
        KestrelRefusals.Prepare(kestrel);
    });
    builder.Services.AddBoundedEnd();
    builder.Logging.AddLines(builder.Configuration);
    builder.Services.AddGateway(gatewayOptions);
    builder.Services.AddCrossOrigin(gatewayOptions);
    builder.Services.AddCyclesTelemetry(builder.Configuration, "cycles-gateway", Cycles.Gateway.Telemetry.Name);

    await using var store = await builder.AddGrainsAsync(options);
    var app = builder.Build();
    app.UseMiddleware<ProtocolMiddleware>();
    app.UseMiddleware<AdmissionGate>(gatewayOptions, new GatewayPeers(MayExist: store is null));
    app.UseRouting();
    app.UseCrossOrigin(gatewayOptions);
    app.MapCycles(gatewayOptions);

    using var refusals = KestrelRefusals.Answer(app.Services.GetRequiredService<DiagnosticListener>());
    OrderlyEnd.Watch(app.Lifetime);
    await app.StartAsync();
    var generatedAdminKey = await app.Services.GetRequiredService<AdminKey>().SettleAsync();
    FirstSteps.Print(app.Urls.First(), store?.Place ?? "the silos' Redis", generatedAdminKey);
    await app.Services.GetRequiredService<Drain>().WaitAsync();
    await OrderlyEnd.StopAsync(app);
});
