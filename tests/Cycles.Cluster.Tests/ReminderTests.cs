using Cycles.Cluster.Tests.Servers;
using Cycles.Contracts.Bulk;
using Cycles.Grains.Peers;

namespace Cycles.Cluster.Tests;

/// <summary>A reminder's tick begins work and returns: Orleans gives up on one that takes as long as the work.</summary>
public sealed class ReminderTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Ticks_return_while_what_they_began_waits_for_the_store()
    {
        await using var silo = await RedisSilo.StartAsync(options => options.Timeout = Patience);
        IRemindable[] grains =
        [
            silo.Grains.GetGrain<IExpiryGrain>("acme").AsReference<IRemindable>(),
            silo.Grains.GetGrain<IClosingGrain>("acme").AsReference<IRemindable>(),
            silo.Grains.GetGrain<IBulkActionGrain>("blk_acme_0123").AsReference<IRemindable>(),
        ];
        await TickAsync(grains);

        silo.Redis.Pause();
        try
        {
            // Several, as the next one comes a minute later whether or not the work has ended.
            for (var tick = 0; tick < 3; tick++)
            {
                await TickAsync(grains).WaitAsync(AtOnce);
            }
        }
        finally
        {
            silo.Redis.Resume();
        }
    }

    private static Task TickAsync(IRemindable[] grains) =>
        Task.WhenAll(grains.Select(grain => grain.ReceiveReminder("test", default)));
}
