using Cycles.Grains.Limits;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;

namespace Cycles.Grains.Peers;

/// <summary>With what a request goes on, as its tenant sees it: which scopes take part, and the terms that its policies set.</summary>
[GenerateSerializer, Immutable, Alias("cycles.admission")]
internal sealed record Admission
{
    /// <summary>The tenant's epoch; a transaction that rests on an older one conflicts.</summary>
    [Id(0)]
    public required long Epoch { get; init; }

    /// <summary>Why the request does not go on; null when it does.</summary>
    [Id(1)]
    public Problem? Problem { get; init; }

    /// <summary>The derived scopes that have a budget in the unit, root first.</summary>
    [Id(2)]
    public ScopePath[] Budgeted { get; init; } = [];

    /// <summary>What the policies ask of the agent; null for nothing.</summary>
    [Id(3)]
    public Caps? Caps { get; init; }

    /// <summary>The overage policy: request, else policy, else deepest budget with one, else tenant.</summary>
    [Id(4)]
    public OveragePolicy OveragePolicy { get; init; }

    /// <summary>How long a reservation holds, in milliseconds, defaulted and capped.</summary>
    [Id(5)]
    public int TtlMs { get; init; }

    /// <summary>How often a reservation may be extended.</summary>
    [Id(6)]
    public int MaxExtensions { get; init; }

    /// <summary>What the governing policy says of how often a reserve may come, as long as the request is not counted; null for nothing.</summary>
    [Id(7)]
    public RateLimit? RateLimit { get; init; }
}
