using Cycles.Contracts.Addressing;
using Cycles.Grains.Peers;
using Cycles.Grains.Placement;
using Cycles.Grains.Scheduling;
using Cycles.Grains.Store;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Cycles.Grains.History;

// Reentrant: it is told that there is more while it works.
[Reentrant, TenantPlacement]
internal sealed class HistoryGrain(
    RedisStore store, HistoryCache cache, StoreClock clock, IGrainFactory grains, IOptions<StoreOptions> options, ILogger<HistoryGrain> logger)
    : Grain, IHistoryGrain
{
    private OwnedWork _work = null!;
    private HistorySealer _sealer = null!;
    private HistoryMerger _merger = null!;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var tenantId = this.GetPrimaryKeyString();
        var keys = new TenantKeys(tenantId);
        var writer = new HistoryWriter(store, clock, grains.Get<ILedgerGrain>(tenantId), keys);
        _sealer = new HistorySealer(store, keys, writer, options.Value, logger);
        _merger = new HistoryMerger(new HistoryReader(store, cache, keys), keys, writer, clock, options.Value);
        _work = new OwnedWork("history", tenantId, SealAsync, logger);
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _work.Stop();
        return Task.CompletedTask;
    }

    public ValueTask Seal()
    {
        _work.Begin();
        return default;
    }

    private async Task SealAsync(CancellationToken stop)
    {
        var ledger = grains.Get<ILedgerGrain>(this.GetPrimaryKeyString());
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            var opened = await ledger.OpenHistory(options.Value.HistoryBatch);
            var goesOn = opened.Ended.Length >= options.Value.HistoryBatch ? await _sealer.SealAsync(opened, stop) : await _merger.MergeAsync(opened, stop);
            if (!goesOn)
            {
                return;
            }
        }
    }
}
