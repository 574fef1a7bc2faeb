namespace Cycles.Cluster.Tests.Servers;

/// <summary>Waits for conditions.</summary>
internal static class Until
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

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

    /// <summary>Returns as soon as <paramref name="condition"/> holds; fails the test with <paramref name="otherwise"/> when it does not in time.</summary>
    public static Task TrueAsync(Func<bool> condition, TimeSpan patience, Func<string> otherwise) =>
        TrueAsync(() => Task.FromResult(condition()), patience, otherwise);
}
