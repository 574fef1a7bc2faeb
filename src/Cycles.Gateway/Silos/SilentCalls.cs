using System.Diagnostics;
using Cycles.Gateway.Http;

namespace Cycles.Gateway.Silos;

/// <summary>
/// Gives up calls that may wait for a silent silo, so that their requests are run again (<see cref="Repetition"/>). What may not be run again waits on:
/// its answer may still come.
/// </summary>
internal sealed class SilentCalls(SilentSilos silent, IHttpContextAccessor requests) : IOutgoingGrainCallFilter
{
    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        var began = Stopwatch.GetTimestamp();
        var call = context.Invoke();
        while (!call.IsCompleted)
        {
            var alarm = silent.NextAlarm;
            try
            {
                await call.WaitAsync(alarm.Token);
            }
            catch (OperationCanceledException) when (!call.IsCompleted)
            {
                if (began <= alarm.Before && requests.HttpContext?.Features.Get<Attempt>() is { MayRepeat: true })
                {
                    call.Ignore();
                    throw new TimeoutException("The call went by way of a silo that does not answer, or its own silo does not");
                }
            }
        }

        await call;
    }
}
