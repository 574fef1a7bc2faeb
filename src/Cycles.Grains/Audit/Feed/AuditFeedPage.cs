using Cycles.Grains.Records;

namespace Cycles.Grains.Audit.Feed;

/// <summary>How far a silo's feed was read.</summary>
/// <param name="Source">Who numbers the entries; another source has entries of its own.</param>
/// <param name="Sequence">The number of the last one.</param>
[GenerateSerializer, Immutable, Alias("cycles.audit-feed-position")]
internal readonly record struct AuditFeedPosition([property: Id(0)] long Source, [property: Id(1)] long Sequence);

/// <summary>What a silo has written since.</summary>
/// <param name="Position">Where to go on.</param>
/// <param name="IsGap">Whether entries may have gone past: then the store must be asked.</param>
/// <param name="Rows">The entries.</param>
/// <param name="Doubtful">Tenants with entries that may have been written without being here.</param>
[GenerateSerializer, Immutable, Alias("cycles.audit-feed-page")]
internal sealed record AuditFeedPage(
    [property: Id(0)] AuditFeedPosition Position,
    [property: Id(1)] bool IsGap,
    [property: Id(2)] AuditRow[] Rows,
    [property: Id(3)] string[] Doubtful);
