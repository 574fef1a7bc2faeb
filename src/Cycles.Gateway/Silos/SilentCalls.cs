using System.Diagnostics;
using Cycles.Gateway.Http;

namespace Cycles.Gateway.Silos;

/// <summary>
/// Gives up calls that may wait for a silent silo, so that their requests are run again (<see cref="Repetition"/>). What may not be run again waits on, as its answer may
/// still come. So do calls that may take longer than others (<c>[ResponseTimeout]</c>): most likely a silo is at work on them.
/// </summary>
internal sealed class SilentCalls(SilentSilos silent, IHttpContextAccessor requests) : IOutgoingGrainCallFilter
{
    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        var call = context.Invoke();
        if (context.Request.GetDefaultResponseTimeout() is not null)
        {
            await call;
            return;
        }

        var began = Stopwatch.GetTimestamp();
        while (!call.IsCompleted)
        {
            var alarm = silent.NextAlarm;
            try
            {
                await call.WaitAsync(alarm.Token);
            }
            catch (OperationCanceledException) when (alarm.Token.IsCancellationRequested)
            {
                // The answer may have come in this moment; then it counts.
                if (!call.IsCompleted && began <= alarm.Before && requests.HttpContext?.Features.Get<Attempt>() is { WouldRepeat: true })
                {
                    call.Ignore();
                    throw new TimeoutException("The call went by way of a silo that does not answer, or its own silo does not");
                }
            }
        }

        await call;
    }
}
