using Orleans.Runtime;

namespace Cycles.Silo.Ending;

/// <summary>
/// A silo that cannot go on, as a rule because the others have declared it dead while it did not answer, ends with one line. Its tenants are served by
/// others by then; it may be started again at once.
/// </summary>
internal sealed class FatalErrors : IFatalErrorHandler
{
    private static readonly TimeSpan ExitPatience = TimeSpan.FromSeconds(3);

    private int _count;

    public bool IsUnexpected(Exception exception) => true;

    public void OnFatalException(object? sender, string? context, Exception? exception)
    {
        if (Interlocked.Increment(ref _count) > 1)
        {
            return;
        }

        var reason = exception is null ? context : $"{context}: {exception.Message}";
        Console.Error.WriteLine($"Cycles ends: {reason?.ReplaceLineEndings(" ")}");
        new Thread(() => Environment.Exit(1)) { IsBackground = true }.Start();
        Thread.Sleep(ExitPatience);
        Environment.FailFast(null);
    }
}
