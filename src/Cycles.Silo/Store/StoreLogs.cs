using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cycles.Silo.Store;

/// <summary>Gives the store, which is opened before there is a host, the host's log.</summary>
internal sealed class StoreLogs(SiloStore store, ILogger<SiloStore> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        store.LogTo(logger);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
