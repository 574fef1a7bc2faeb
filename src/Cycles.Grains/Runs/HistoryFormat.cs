namespace Cycles.Grains.Runs;

/// <summary>The sizes of what the history is kept in.</summary>
internal static class HistoryFormat
{
    /// <summary>The most reservations that are put away together: a batch of records, and a run that was not merged yet.</summary>
    public const int BatchRows = 4096;

    /// <summary>The most runs that are merged into one.</summary>
    public const int MergedRuns = 16;

    /// <summary>The most rows of a run; one with half as many is not merged any more.</summary>
    public const int RunRows = BatchRows * MergedRuns;

    /// <summary>The rows in one page of an order. With what Redis adds to a string, a page just fits into a size that Redis gives out.</summary>
    public const int RowsInPage = 127;

    /// <summary>The scopes in one compressed page.</summary>
    public const int ScopesInPage = 256;

    /// <summary>How many pages that many have.</summary>
    public static int Pages(int count, int inPage) => (count + inPage - 1) / inPage;
}
