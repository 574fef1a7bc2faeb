using System.Diagnostics;
using System.Net;
using Cycles.Grains.Cluster;
using Cycles.Silo;
using Orleans.Runtime;

namespace Cycles.Gateway.Silos;

/// <summary>
/// Asks each silo twice a second whether it answers. While one does not within a second, and another does, requests go by way of the others; those that wait, and may be
/// run again, are run again. This takes about 2 s. The cluster needs about 4 s to declare a silo dead, and a gateway waits 5 s for an answer.
/// </summary>
internal sealed partial class SiloWatch(SilentSilos silent, IGrainFactory grains, TimeProvider time, ILogger<SiloWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // Two looks of Orleans at the list.
    private static readonly TimeSpan UntilPassedOver = ClusterTimes.GatewayList + ClusterTimes.GatewayList;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            // When no silo answers, it may be this process that is slow.
            if (await FindSilentAsync(silent.All) is { } found && silent.Set(found) is { Count: > 0 } newlySilent)
            {
                foreach (var silo in newlySilent)
                {
                    LogSilent(logger, $"{silo.Host}:{silo.Port}");
                }

                await Task.Delay(UntilPassedOver, time, stoppingToken);
                silent.GiveUpCallsBefore(Stopwatch.GetTimestamp());
            }
        }
    }

    /// <returns>Those that do not answer; null when no silo answers.</returns>
    private async Task<IReadOnlyList<Uri>?> FindSilentAsync(IReadOnlyList<Uri> silos)
    {
        var answers = await Task.WhenAll(silos.Select(async silo => (Silo: silo, IsThere: await AnswersAsync(silo))));
        return answers.Any(answer => answer.IsThere) ? [.. answers.Where(answer => !answer.IsThere).Select(answer => answer.Silo)] : null;
    }

    private async Task<bool> AnswersAsync(Uri silo)
    {
        try
        {
            // Orleans knows the addresses of a client's silos without their generation.
            await SiloProbe.At(SiloAddress.New(IPEndPoint.Parse($"{silo.Host}:{silo.Port}"), 0), grains).Answer().WaitAsync(Patience, time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // It has left, which Orleans notices by itself, or it is of a version without a probe: it is not silent.
            return true;
        }
    }

    [LoggerMessage(
        EventId = 2004, Level = LogLevel.Warning,
        Message = "Silo {Silo} does not answer; requests go by way of others. Its own tenants wait until it answers, or the cluster has declared it dead")]
    private static partial void LogSilent(ILogger logger, string silo);
}
