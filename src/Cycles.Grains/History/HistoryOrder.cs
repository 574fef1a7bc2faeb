namespace Cycles.Grains.History;

/// <summary>The orders in which a run has its rows; equal ones by id.</summary>
internal enum HistoryOrder
{
    /// <summary>By time of creation.</summary>
    Created,

    /// <summary>By expiry.</summary>
    Expires,

    /// <summary>By id.</summary>
    Id,

    /// <summary>By what was held.</summary>
    Reserved,

    /// <summary>By the deepest derived scope.</summary>
    Scope,
}
