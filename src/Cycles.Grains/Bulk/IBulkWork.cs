using Cycles.Contracts.Audit;
using Cycles.Grains.Peers;
using Cycles.Grains.Records;
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
