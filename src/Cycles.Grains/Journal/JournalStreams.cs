namespace Cycles.Grains.Journal;

/// <summary>The names of the streams in the store's keys.</summary>
internal static class JournalStreams
{
    /// <summary>All of them.</summary>
    public static readonly JournalStream[] All = Enum.GetValues<JournalStream>();

    public static string ToKey(this JournalStream stream) => stream switch
    {
        JournalStream.Audit => "audit",
        _ => throw new ArgumentOutOfRangeException(nameof(stream), stream, "no such stream"),
    };
}
