using Cycles.Contracts.Audit;
using Cycles.Protocol.Errors;

namespace Cycles.Grains.Bulk;

/// <summary>What a bulk action is about: finds its rows and applies itself to each.</summary>
internal interface IBulkWork
{
    /// <summary>The action's name on the wire.</summary>
    string ActionName { get; }

    /// <summary>See <see cref="Cycles.Protocol.Audit.AuditResources"/>.</summary>
    string ResourceType { get; }

    /// <summary>Why, when it was said.</summary>
    string? Reason { get; }

    /// <summary>The rows that match now, in a stable order; or why there can be none.</summary>
    ValueTask<(Problem? Problem, BulkTarget[] Targets)> SelectAsync(IGrainFactory grains);

    /// <summary>Applies the action to one row: once for each <paramref name="bulkId"/>, however often it is called.</summary>
    ValueTask<BulkRow> ApplyAsync(IGrainFactory grains, Origin origin, string bulkId, BulkTarget target);

    /// <summary>Waits for what the rows have set off, as long as a caller should.</summary>
    ValueTask<BulkRow[]> SettleAsync(IGrainFactory grains, BulkRow[] rows);
}

/// <summary>A row that matched.</summary>
/// <param name="Id">What names it in the answer.</param>
/// <param name="Scope">Of a budget: its scope.</param>
/// <param name="Unit">Of a budget: its unit.</param>
internal sealed record BulkTarget(string Id, string? Scope = null, Protocol.Amounts.Unit? Unit = null)
{
    /// <summary>How many are looked up at once, to be counted; more than an action may have.</summary>
    public const int PageSize = 1_000;
}
