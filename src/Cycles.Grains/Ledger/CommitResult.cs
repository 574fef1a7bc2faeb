namespace Cycles.Grains.Ledger;

/// <summary>What became of one of several transactions.</summary>
/// <param name="Outcome">Its outcome, unless it has failed.</param>
/// <param name="Failure">What <see cref="ILedgerGrain.Commit"/> would have thrown.</param>
[GenerateSerializer, Immutable, Alias("cycles.commit-result")]
internal readonly record struct CommitResult([property: Id(0)] CommitOutcome Outcome, [property: Id(1)] Exception? Failure = null);
