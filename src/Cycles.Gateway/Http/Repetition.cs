using System.Diagnostics;
using Cycles.Grains.Waits;
using Microsoft.Extensions.Options;

namespace Cycles.Gateway.Http;

/// <summary>
/// Runs a request again when a silo has left, or the store was away for a moment: the tenant is soon served elsewhere, and the caller need not know.
/// Only what may be repeated is (<see cref="Attempt.MayRepeat"/>): not a change whose outcome is unknown and that would be done twice.
/// </summary>
internal sealed class Repetition(IOptions<GatewayOptions> options, PauseWatch pauses, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(800);

    private readonly TimeSpan _patience = options.Value.RetryPatience;

    /// <summary>Runs it until it succeeds, fails for good, or the patience is over. Ends with the caller's connection.</summary>
    public async ValueTask RunAsync(HttpContext http, Attempt attempt, Func<HttpContext, ValueTask> run)
    {
        var started = time.GetTimestamp();
        var began = Stopwatch.GetTimestamp();
        attempt.RepeatedUntil = began + (long)((_patience - LongestPause).TotalSeconds * Stopwatch.Frequency);
        for (var pause = FirstPause; ; pause = pause < LongestPause ? pause * 2 : pause)
        {
            try
            {
                await run(http);
                return;
            }
            catch (Exception exception) when (
                Unavailability.Passes(exception)
                && (attempt.MayRepeat || Unavailability.ChangedNothing(exception))
                && !http.Response.HasStarted
                && !http.RequestAborted.IsCancellationRequested
                && time.GetElapsedTime(started) + pause < _patience

                // After a pause of this process the caller may have asked elsewhere, and been refused there.
                && pauses.PauseEndedAt < began)
            {
                Telemetry.Repeated();
            }

            await Task.Delay(pause, time, http.RequestAborted);
        }
    }
}
