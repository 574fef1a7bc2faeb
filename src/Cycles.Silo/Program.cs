using Cycles.Silo;
using Cycles.Silo.Configuration;
using Cycles.Silo.Memory;
using Cycles.Silo.Store;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
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
    builder.Services.AddSingleton<MemoryWatch>();
    var host = builder.Build();
    host.Services.GetRequiredService<MemoryWatch>();
    await host.StartAsync();
    Console.WriteLine($"With its data in {store.Place}, Cycles silo is ready");
    await host.WaitForShutdownAsync();
});
