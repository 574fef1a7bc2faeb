namespace Cycles.Bench.Rows;

/// <summary>What the clients do.</summary>
internal enum Workload
{
    /// <summary>Posts the body of a reserve to an endpoint that only parses it: the ceiling.</summary>
    NoOp,

    /// <summary>Reserves.</summary>
    Reserve,

    /// <summary>Reserves, and commits what was reserved.</summary>
    Pair,

    /// <summary>Tries to reserve where the deepest budget is used up.</summary>
    Denial,
}
