using Cycles.Contracts.Store;

namespace Cycles.Grains.Waits;

/// <summary>
/// Calls from a grain to one that itself calls that grain. While one of the two is being deactivated each may wait for the other; with a bound the
/// wait ends by itself.
/// </summary>
internal static class BoundedCalls
{
    /// <summary>The answer, if it comes in time.</summary>
    /// <exception cref="StoreUnavailableException">It does not, with <paramref name="otherwise"/> as its message.</exception>
    public static async ValueTask WithinAsync(this ValueTask call, TimeSpan patience, string otherwise)
    {
        if (call.IsCompletedSuccessfully)
        {
            return;
        }

        try
        {
            await call.AsTask().WaitAsync(patience);
        }
        catch (TimeoutException exception)
        {
            throw new StoreUnavailableException(otherwise, exception);
        }
    }

    /// <inheritdoc cref="WithinAsync(ValueTask, TimeSpan, string)"/>
    public static async ValueTask<T> WithinAsync<T>(this ValueTask<T> call, TimeSpan patience, string otherwise)
    {
        if (call.IsCompletedSuccessfully)
        {
            return call.Result;
        }

        try
        {
            return await call.AsTask().WaitAsync(patience);
        }
        catch (TimeoutException exception)
        {
            throw new StoreUnavailableException(otherwise, exception);
        }
    }
}
