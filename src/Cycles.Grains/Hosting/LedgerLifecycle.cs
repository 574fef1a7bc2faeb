using Cycles.Grains.Ledger;
using Cycles.Grains.Store;

namespace Cycles.Grains.Hosting;

/// <summary>Runs the clock, the watch and the group commit from before the first grain call until after the last.</summary>
internal sealed class LedgerLifecycle(StoreClock clock, StoreWatch watch, GroupCommit groupCommit) : ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(LedgerLifecycle), ServiceLifecycleStage.RuntimeInitialize, StartAsync, StopAsync);

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        await clock.StartAsync(cancellationToken);
        await watch.StartAsync(cancellationToken);
        await groupCommit.StartAsync(cancellationToken);
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        await groupCommit.StopAsync(cancellationToken);
        await watch.StopAsync(cancellationToken);
        await clock.StopAsync(cancellationToken);
    }
}
