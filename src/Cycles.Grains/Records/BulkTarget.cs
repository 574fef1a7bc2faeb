namespace Cycles.Grains.Records;

/// <summary>A row that matched.</summary>
/// <param name="Id">What names it in the answer.</param>
/// <param name="Scope">Of a budget: its scope.</param>
/// <param name="Unit">Of a budget: its unit.</param>
internal sealed record BulkTarget(string Id, string? Scope = null, Protocol.Amounts.Unit? Unit = null)
{
    /// <summary>How many are looked up at once, to be counted; more than an action may have.</summary>
    public const int PageSize = 1_000;
}
