using System.Diagnostics;
using System.Net;
using Cycles.Grains.Cluster;
using Cycles.Silo;
using Orleans.Runtime;

namespace Cycles.Gateway.Silos;

/// <summary>
/// Asks each silo twice a second whether it answers. One that does not within a second, while another does, is passed over; requests that wait, and may be
/// run again, are run again by way of the others. This takes about 2 s, the cluster needs about 4 s to declare a silo dead, and a gateway waits
/// 5 s for an answer.
/// </summary>
internal sealed partial class SiloWatch(SilentSilos silent, IGrainFactory grains, TimeProvider time, ILogger<SiloWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // Two looks of Orleans at the list; then no request goes by way of a silo that is passed over.
    private static readonly TimeSpan UntilPassedOver = ClusterTimes.GatewayList + ClusterTimes.GatewayList;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var newlySilent = await FindSilentAsync([.. silent.All.Where(silo => !silent.IsPassedOver(silo))]);
            if (newlySilent.Count > 0)
            {
                silent.PassOver(newlySilent);
                foreach (var silo in newlySilent)
                {
                    LogSilent(logger, $"{silo.Host}:{silo.Port}");
                }

                await Task.Delay(UntilPassedOver, time, stoppingToken);
                silent.GiveUpCallsBefore(Stopwatch.GetTimestamp());
            }
        }
    }

    /// <returns>Those that do not answer; none when no silo answers, as then it may be this process that is slow.</returns>
    private async Task<IReadOnlyList<Uri>> FindSilentAsync(IReadOnlyList<Uri> silos)
    {
        var answers = await Task.WhenAll(silos.Select(async silo => (Silo: silo, IsThere: await AnswersAsync(silo))));
        return answers.Any(answer => answer.IsThere) ? [.. answers.Where(answer => !answer.IsThere).Select(answer => answer.Silo)] : [];
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
        Message = "Silo {Silo} does not answer; for some seconds requests go by way of others. Its own tenants wait until the cluster has declared it dead, or it answers")]
    private static partial void LogSilent(ILogger logger, string silo);
}
