namespace Cycles.Silo;

/// <summary>Ends a process that cannot go on: one that hangs helps nobody, as whatever looks after it would not start another.</summary>
internal static class ProcessEnd
{
    private const int ExitCode = 1;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Says why in one line, and ends the process with exit code 1.</summary>
    public static void Now(string reason)
    {
        Console.Error.WriteLine($"Cycles ends: {reason}");
        Console.Error.Flush();
        var isEnding = new Thread(() => Environment.Exit(ExitCode)) { IsBackground = true };
        isEnding.Start();
        if (!isEnding.Join(Patience))
        {
            // Something waits for what does not come.
            Environment.FailFast(reason);
        }
    }
}
