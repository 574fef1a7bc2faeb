namespace Cycles.Silo.Ending;

/// <summary>
/// A silo that cannot go on, as a rule because the others have declared it dead while it did not answer, ends with one line. Its tenants are served by
/// others by then; it may be started again at once.
/// </summary>
internal sealed class FatalErrors : IFatalErrorHandler
{
    private int _count;

    public bool IsUnexpected(Exception exception) => true;

    public void OnFatalException(object? sender, string? context, Exception? exception)
    {
        if (Interlocked.Increment(ref _count) == 1)
        {
            var reason = exception is null ? context : $"{context}: {exception.Message}";
            ProcessEnd.Now(reason?.ReplaceLineEndings(" ") ?? "Orleans cannot go on");
        }
    }
}
