using Cycles.Bench.Servers;

namespace Cycles.Bench.Audit;

/// <summary>What one store's server took for its audit log.</summary>
/// <param name="Store">The store.</param>
/// <param name="Entries">How many entries it had.</param>
/// <param name="Fill">How long it took to write them.</param>
/// <param name="Build">How long the first page took, which builds the index.</param>
/// <param name="IndexBytes">What the server's live objects grew by with it.</param>
/// <param name="Rows">A row for each question.</param>
internal sealed record AuditResult(
    StoreKind Store, int Entries, TimeSpan Fill, TimeSpan Build, long IndexBytes, IReadOnlyList<AuditRowResult> Rows);

/// <summary>How long the pages of one question took.</summary>
/// <param name="Question">What was asked.</param>
/// <param name="Found">The entries of a page.</param>
/// <param name="P50Ms">Half of the pages took at most so long.</param>
/// <param name="P95Ms">95 % did.</param>
/// <param name="P99Ms">99 % did.</param>
/// <param name="ServerCpuMs">Processor time of the server a page, its store's included when that is embedded: what a busy machine does not change.</param>
/// <param name="Problem">What was wrong with an answer.</param>
internal sealed record AuditRowResult(string Question, int Found, double P50Ms, double P95Ms, double P99Ms, double ServerCpuMs, string? Problem);
