namespace Cycles.Grains.Runs;

/// <summary>
/// A run: reservations that have ended, in every order, in pages that never change. What its keys hold is the table in docs/store.md.
/// </summary>
[GenerateSerializer, Immutable, Alias("cycles.run")]
internal sealed record RunInfo
{
    /// <summary>Its name in the keys.</summary>
    [Id(0)]
    public required string Id { get; init; }

    /// <summary>How often its rows were merged.</summary>
    [Id(1)]
    public int Level { get; init; }

    /// <summary>Its rows, for each <see cref="Outcome"/>.</summary>
    [Id(2)]
    public required int[] Rows { get; init; }

    /// <summary>Its distinct scopes.</summary>
    [Id(3)]
    public int Scopes { get; init; }

    /// <summary>The first and last time at which one of its reservations was made, in Unix milliseconds.</summary>
    [Id(4)]
    public Span Created { get; init; }

    /// <summary>The first and last expiry.</summary>
    [Id(5)]
    public Span Expires { get; init; }

    /// <summary>The first and last time at which one ended.</summary>
    [Id(6)]
    public Span Ended { get; init; }

    /// <summary>When nothing of it is kept any more, in Unix milliseconds.</summary>
    [Id(7)]
    public long KeptUntilMs { get; init; }

    /// <summary>All its rows.</summary>
    internal int TotalRows => Rows.Sum();

    /// <summary>The pages of an order that have rows of that outcome.</summary>
    internal int PagesOf(Outcome outcome) => HistoryFormat.Pages(Rows[(int)outcome], HistoryFormat.RowsInPage);

    /// <summary>The pages of its scopes.</summary>
    internal int ScopePages => HistoryFormat.Pages(Scopes, HistoryFormat.ScopesInPage);

    /// <summary>Two moments and all between them, in Unix milliseconds.</summary>
    /// <param name="FromMs">The first.</param>
    /// <param name="ToMs">The last.</param>
    [GenerateSerializer, Immutable, Alias("cycles.run-span")]
    internal readonly record struct Span([property: Id(0)] long FromMs, [property: Id(1)] long ToMs)
    {
        /// <summary>Before anything was added.</summary>
        public static readonly Span Empty = new(long.MaxValue, long.MinValue);

        public Span With(long momentMs) => new(Math.Min(FromMs, momentMs), Math.Max(ToMs, momentMs));
    }
}

/// <summary>Which runs a tenant's history consists of.</summary>
[GenerateSerializer, Immutable, Alias("cycles.history-manifest")]
internal sealed record HistoryManifest
{
    /// <summary>No history yet.</summary>
    public static readonly HistoryManifest Empty = new();

    /// <summary>The runs, the newest last.</summary>
    [Id(0)]
    public RunInfo[] Runs { get; init; } = [];

    /// <summary>Runs that were merged into others, whose keys are to be removed.</summary>
    [Id(1)]
    public RunInfo[] Retired { get; init; } = [];

    /// <summary>How often the history has changed. A change counts only from one to the next.</summary>
    [Id(2)]
    public long Generation { get; init; }
}

/// <summary>What a run says of itself in the store, besides its rows.</summary>
internal sealed record RunHead
{
    /// <summary>The batches that have the records of its rows (<c>RecordBatch</c>).</summary>
    public required string[] Batches { get; init; }

    /// <summary>The first scope of each page of scopes.</summary>
    public required string[] FirstScopes { get; init; }
}
