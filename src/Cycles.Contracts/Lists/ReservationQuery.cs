using Cycles.Protocol.Keys;
using Cycles.Protocol.Reservations;

namespace Cycles.Contracts.Lists;

/// <summary>What a list is asked for (GET /v1/reservations). All filters must hold.</summary>
[GenerateSerializer, Immutable, Alias("cycles.reservation-query")]
public sealed record ReservationQuery
{
    /// <summary>The key that made it.</summary>
    [Id(0)]
    public string? IdempotencyKey { get; init; }

    /// <summary>Where it stands.</summary>
    [Id(1)]
    public ReservationStatus? Status { get; init; }

    /// <summary>Segments that the scope path must have, such as <c>agent:summarizer</c>.</summary>
    [Id(2)]
    public string[] Segments { get; init; } = [];

    /// <summary>When it was made.</summary>
    [Id(3)]
    public TimeWindow Created { get; init; }

    /// <summary>When it expires.</summary>
    [Id(4)]
    public TimeWindow Expires { get; init; }

    /// <summary>When it was committed or released; others never match a window.</summary>
    [Id(5)]
    public TimeWindow Finalized { get; init; }

    /// <summary>The sort key.</summary>
    [Id(6)]
    public ReservationSort SortBy { get; init; } = ReservationSort.CreatedAtMs;

    /// <summary>Whether the smallest come first.</summary>
    [Id(7)]
    public bool Ascending { get; init; }

    /// <summary>The most rows, 1 to 200.</summary>
    [Id(8)]
    public int Limit { get; init; } = 50;

    /// <summary>Where the page begins; of an answer to the same filters and sort.</summary>
    [Id(9)]
    public string? Cursor { get; init; }

    /// <summary>The part of the tenant that the caller may see; null for all of it.</summary>
    [Id(10)]
    public ScopeFilter? Within { get; init; }
}

/// <summary>An inclusive window of time in Unix milliseconds; a side that is null is open.</summary>
/// <param name="FromMs">The first moment.</param>
/// <param name="ToMs">The last moment.</param>
[GenerateSerializer, Immutable, Alias("cycles.time-window")]
public readonly record struct TimeWindow([property: Id(0)] long? FromMs, [property: Id(1)] long? ToMs);

/// <summary>What reservations can be sorted by; equal ones by id.</summary>
public enum ReservationSort
{
#pragma warning disable CS1591 // The names are the parameter's values.
    ReservationId,
    Tenant,
    ScopePath,
    Status,
    Reserved,
    CreatedAtMs,
    ExpiresAtMs,
#pragma warning restore CS1591
}
