using Cycles.Silo.Ending;
using Microsoft.Extensions.Options;

namespace Cycles.Gateway.Hosting;

/// <summary>
/// The end of a gateway: from SIGTERM on it is not ready, but still serves for <see cref="GatewayOptions.DrainDelay"/>, and each answer closes its
/// connection. Then it stops to listen and finishes what runs.
/// </summary>
internal sealed class Drain(IHostApplicationLifetime lifetime, IOptions<GatewayOptions> options)
{
    /// <summary>Whether the process was told to end.</summary>
    public bool HasBegun => lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>Waits until the process is told to end, and then for as long as it still serves.</summary>
    public async Task WaitAsync()
    {
        await lifetime.ApplicationStopping.WaitAsync();
        await Task.Delay(options.Value.DrainDelay);
    }
}
