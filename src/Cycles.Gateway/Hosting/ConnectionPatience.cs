using Cycles.Silo;

namespace Cycles.Gateway.Hosting;

/// <summary>Waits a while for the first silo: gateway and silos may start in any order.</summary>
internal sealed class ConnectionPatience(TimeProvider time) : IClientConnectionRetryFilter
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly long _started = time.GetTimestamp();

    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        if (time.GetElapsedTime(_started) > Patience)
        {
            throw new StartUpException($"no silo answers: {exception.Message}", exception);
        }

        await Task.Delay(Pause, time, cancellationToken);
        return true;
    }
}
