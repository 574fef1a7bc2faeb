namespace Cycles.Bench.Report;

/// <summary>The tables of a run, and whether every answer was the wanted one.</summary>
internal sealed record BenchReport(string Markdown, bool AnsweredAsWanted);
