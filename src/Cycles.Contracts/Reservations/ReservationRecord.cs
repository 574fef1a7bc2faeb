using Cycles.Contracts.Scopes;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Json;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;

namespace Cycles.Contracts.Reservations;

/// <summary>A reservation as it is kept. It is also its own idempotency record: it holds what each operation answered.</summary>
[GenerateSerializer, Immutable, Alias("cycles.reservation")]
public sealed record ReservationRecord
{
    /// <summary>The id.</summary>
    [Id(0)]
    public required string Id { get; init; }

    /// <summary>Whose it is.</summary>
    [Id(1)]
    public required string TenantId { get; init; }

    /// <summary>The key that made it.</summary>
    [Id(2)]
    public required string IdempotencyKey { get; init; }

    /// <summary>The canonical hash of the body that made it.</summary>
    [Id(3)]
    public required string PayloadHash { get; init; }

    /// <summary>Where it stands.</summary>
    [Id(4)]
    public required ReservationStatus Status { get; init; }

    /// <summary>Who acts.</summary>
    [Id(5)]
    public required Subject Subject { get; init; }

    /// <summary>What was announced.</summary>
    [Id(6)]
    public required ActionInfo Action { get; init; }

    /// <summary>What was held.</summary>
    [Id(7)]
    public required Amount Reserved { get; init; }

    /// <summary>The deepest derived scope.</summary>
    [Id(8)]
    public required string ScopePath { get; init; }

    /// <summary>Which of the derived scopes had a budget, root first: the only ones that it ever touches.</summary>
    [Id(9)]
    public required string[] Budgeted { get; init; }

    /// <summary>What a commit above the reservation may take.</summary>
    [Id(10)]
    public required OveragePolicy OveragePolicy { get; init; }

    /// <summary>What the policies asked of the agent.</summary>
    [Id(11)]
    public Caps? Caps { get; init; }

    /// <summary>In Unix milliseconds.</summary>
    [Id(12)]
    public required long CreatedAtMs { get; init; }

    /// <summary>When the hold ends as of the reserve, in Unix milliseconds.</summary>
    [Id(13)]
    public required long FirstExpiresAtMs { get; init; }

    /// <summary>When the hold ends now, in Unix milliseconds.</summary>
    [Id(14)]
    public required long ExpiresAtMs { get; init; }

    /// <summary>For how long after that a commit is still taken, in milliseconds.</summary>
    [Id(15)]
    public required int GracePeriodMs { get; init; }

    /// <summary>How often it may be extended.</summary>
    [Id(16)]
    public required int MaxExtensions { get; init; }

    /// <summary>The extensions so far.</summary>
    [Id(17)]
    public ReservationExtension[]? Extensions { get; init; }

    /// <summary>The budgets at reserve time, in the order of <see cref="Budgeted"/>.</summary>
    [Id(18)]
    public required BudgetState[] Balances { get; init; }

    /// <summary>Free, given with the reserve.</summary>
    [Id(19)]
    public RawJsonObject? Metadata { get; init; }

    /// <summary>How it ended; null while it is active.</summary>
    [Id(20)]
    public ReservationSettlement? Settlement { get; init; }
}

/// <summary>One extension.</summary>
/// <param name="IdempotencyKey">Its key.</param>
/// <param name="PayloadHash">The canonical hash of its body.</param>
/// <param name="ExpiresAtMs">The expiry that it set, in Unix milliseconds.</param>
[GenerateSerializer, Immutable, Alias("cycles.reservation-extension")]
public sealed record ReservationExtension(
    [property: Id(0)] string IdempotencyKey,
    [property: Id(1)] string PayloadHash,
    [property: Id(2)] long ExpiresAtMs);

/// <summary>How a reservation ended.</summary>
[GenerateSerializer, Immutable, Alias("cycles.reservation-settlement")]
public sealed record ReservationSettlement
{
    /// <summary>The key of the commit or release; null when it expired or its tenant was closed.</summary>
    [Id(0)]
    public string? IdempotencyKey { get; init; }

    /// <summary>The canonical hash of its body.</summary>
    [Id(1)]
    public string? PayloadHash { get; init; }

    /// <summary>In Unix milliseconds.</summary>
    [Id(2)]
    public required long AtMs { get; init; }

    /// <summary>What every scope was charged.</summary>
    [Id(3)]
    public long Charged { get; init; }

    /// <summary>What went back.</summary>
    [Id(4)]
    public long Released { get; init; }

    /// <summary>The budgets afterwards, in the order of the reservation's.</summary>
    [Id(5)]
    public required BudgetState[] Balances { get; init; }

    /// <summary>Free, given with the commit.</summary>
    [Id(6)]
    public RawJsonObject? Metadata { get; init; }

    /// <summary>Measurements given with the commit.</summary>
    [Id(7)]
    public StandardMetrics? Metrics { get; init; }

    /// <summary>Why it was released.</summary>
    [Id(8)]
    public string? Reason { get; init; }
}
