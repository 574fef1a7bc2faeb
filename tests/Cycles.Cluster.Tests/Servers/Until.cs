namespace Cycles.Cluster.Tests.Servers;

/// <summary>Waits for conditions. The bounds are for a machine that is busy with other things.</summary>
internal static class Until
{
    /// <summary>How long a condition may take when nothing else is said.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>Returns as soon as <paramref name="condition"/> holds; a question that fails counts as no.</summary>
    public static Task TrueAsync(Func<Task<bool>> condition)
    {
        var last = string.Empty;
        return TrueAsync(AskAsync, Patience, () => $"it did not become so within {Patience}: {last}");

        async Task<bool> AskAsync()
        {
            try
            {
                return await condition();
            }
            catch (Exception exception) when (exception is not Xunit.Sdk.IAssertionException)
            {
                last = exception.Message;
                return false;
            }
        }
    }

    /// <summary>Returns as soon as <paramref name="condition"/> holds; fails the test with <paramref name="otherwise"/> when it does not in time.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, TimeSpan patience, Func<string> otherwise)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > patience)
            {
                Assert.Fail(otherwise());
            }

            await Task.Delay(LookEvery);
        }
    }

    /// <inheritdoc cref="TrueAsync(Func{Task{bool}}, TimeSpan, Func{string})"/>
    public static Task TrueAsync(Func<bool> condition, TimeSpan patience, Func<string> otherwise) =>
        TrueAsync(() => Task.FromResult(condition()), patience, otherwise);
}
