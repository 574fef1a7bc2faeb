using Cycles.Silo;
using Cycles.Silo.Configuration;
using Cycles.Silo.Ending;
using Cycles.Silo.Logging;
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
    builder.Services.AddBoundedEnd();
    builder.Logging.AddLines(builder.Configuration);
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
    var lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
    OrderlyEnd.Watch(lifetime);
    await host.StartAsync();
    Console.WriteLine($"With its data in {store.Place}, Cycles silo is ready");
    await lifetime.ApplicationStopping.WaitAsync();
    await OrderlyEnd.StopAsync(host);
});
