using Cycles.Silo;
using Cycles.Silo.Configuration;
using Cycles.Silo.Store;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

return await StartUp.RunAsync(async () =>
{
    var builder = Host.CreateApplicationBuilder(args);
    builder.Configuration.AddDefaults();
    StartUpChecks.Run(builder.Configuration);
    var options = builder.Configuration.GetChecked(CyclesOptions.Section, new CyclesOptionsValidator());
    if (string.IsNullOrEmpty(builder.Configuration.GetConnectionString(SiloStore.ConnectionStringName)))
    {
        throw new StartUpException("ConnectionStrings:Redis is not set; a silo of its own shares its store with others");
    }

    await using var store = await SiloStore.OpenAsync(builder.Configuration, options);
    builder.Services.AddCyclesTelemetry(builder.Configuration, "cycles-silo");
    builder.UseOrleans(silo =>
    {
        silo.AddCycles(options, store);
        if (Telemetry.IsWanted(builder.Configuration))
        {
            silo.AddActivityPropagation();
        }
    });
    var host = builder.Build();
    await host.StartAsync();
    Console.WriteLine($"With its data in {store.Place}, Cycles silo is ready");
    await host.WaitForShutdownAsync();
});
