namespace Cycles.Cluster.Tests.Servers;

/// <summary>Waits for conditions. The bounds are for a machine that is busy with other things.</summary>
internal static class Until
{
    /// <summary>How long a condition may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks again and again until it is so; a question that fails counts as no.</summary>
    public static async Task TrueAsync(Func<Task<bool>> isSo)
    {
        var started = TimeProvider.System.GetTimestamp();
        Exception? last = null;
        while (TimeProvider.System.GetElapsedTime(started) < Patience)
        {
            try
            {
                if (await isSo())
                {
                    return;
                }
            }
            catch (Exception exception) when (exception is not Xunit.Sdk.IAssertionException)
            {
                last = exception;
            }

            await Task.Delay(Pause);
        }

        Assert.Fail($"it did not become so within {Patience}: {last?.Message}");
    }
}
