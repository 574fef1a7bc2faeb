using System.Diagnostics;
using System.Net;
using Cycles.Contracts.Cluster;
using Cycles.Silo;

namespace Cycles.Gateway.Silos;

/// <summary>
/// Asks each silo twice a second whether it answers. While one does not within a second, and another does, requests go by way of the others; those that wait, and may be
/// run again, are run again. This takes about 2 s. The cluster needs about 4 s to declare a silo dead, and a gateway waits 5 s for an answer.
/// </summary>
internal sealed partial class SiloWatch(SilentSilos silent, IGrainFactory grains, IServiceProvider services, TimeProvider time, ILogger<SiloWatch> logger)
    : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // A silo that cannot be reached is not asked for this long. Orleans leaves it out meanwhile, and would send the question to another one.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    private readonly Dictionary<Uri, long> _unreachableSince = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        object? counter = null;
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (await FindSilentAsync() is not { } found)
            {
                // No silo answers. It may be this process that is slow.
                continue;
            }

            RouteCounter.SetBack(counter ??= RouteCounter.Find(services));
            if (silent.Set(found) is { Count: > 0 } newlySilent)
            {
                foreach (var silo in newlySilent)
                {
                    LogSilent(logger, $"{silo.Host}:{silo.Port}");
                }

                // Orleans looks at the list in this time. Later calls go by way of the others, and need not be given up.
                await Task.Delay(ClusterTimes.GatewayList, time, stoppingToken);
                var before = Stopwatch.GetTimestamp();
                await Task.Delay(ClusterTimes.GatewayList, time, stoppingToken);
                silent.GiveUpCallsBefore(before);
            }
        }
    }

    /// <returns>Those that do not answer; null when no silo answers.</returns>
    private async Task<IReadOnlyList<Uri>?> FindSilentAsync()
    {
        foreach (var rested in _unreachableSince.Where(silo => time.GetElapsedTime(silo.Value) >= Rest).Select(silo => silo.Key).ToArray())
        {
            _unreachableSince.Remove(rested);
        }

        var answers = await Task.WhenAll(silent.All
            .Where(silo => !_unreachableSince.ContainsKey(silo))
            .Select(async silo => (Silo: silo, Answer: await AskAsync(silo))));
        foreach (var (silo, answer) in answers)
        {
            if (answer == Answer.Unreachable)
            {
                _unreachableSince[silo] = time.GetTimestamp();
            }
        }

        // A silent silo that can no longer be reached is still silent: calls may wait for it until it is declared dead.
        return answers.Any(answer => answer.Answer == Answer.Came)
            ? [.. answers.Where(answer => answer.Answer == Answer.None).Select(answer => answer.Silo), .. _unreachableSince.Keys.Where(silent.IsSilent)]
            : null;
    }

    private async Task<Answer> AskAsync(Uri silo)
    {
        try
        {
            // Orleans knows the addresses of a client's silos without their generation.
            await SiloProbes.At(SiloAddress.New(IPEndPoint.Parse($"{silo.Host}:{silo.Port}"), 0), grains).Answer().WaitAsync(Patience, time);
            return Answer.Came;
        }
        catch (TimeoutException)
        {
            return Answer.None;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Most likely it has ended, which Orleans notices by itself.
            return Answer.Unreachable;
        }
    }

    private enum Answer
    {
        Came,
        None,
        Unreachable,
    }

    [LoggerMessage(
        EventId = 2004, Level = LogLevel.Warning,
        Message = "Silo {Silo} does not answer; requests go by way of others. Its own tenants wait until it answers, or the cluster has declared it dead")]
    private static partial void LogSilent(ILogger logger, string silo);
}
