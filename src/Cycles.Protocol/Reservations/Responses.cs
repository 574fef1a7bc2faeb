using Cycles.Protocol.Amounts;
using Cycles.Protocol.Decisions;
using Cycles.Protocol.Json;
using Cycles.Protocol.Scopes;

namespace Cycles.Protocol.Reservations;

/// <summary>Answer to POST /v1/reservations.</summary>
public sealed record ReservationCreateResponse
{
    /// <summary>The decision; DENY only on a dry run.</summary>
    public required Decision Decision { get; init; }

    /// <summary>Absent on a dry run.</summary>
    public string? ReservationId { get; init; }

    /// <summary>What is held.</summary>
    public Amount? Reserved { get; init; }

    /// <summary>When the reservation ends, in Unix milliseconds of the store's clock.</summary>
    public long? ExpiresAtMs { get; init; }

    /// <summary>Time left while this answer was made, in milliseconds; recomputed on replay, 0 once final.</summary>
    public long? RemainingTtlMs { get; init; }

    /// <summary>The deepest derived scope.</summary>
    public string? ScopePath { get; init; }

    /// <summary>All derived scopes, root first.</summary>
    public required IReadOnlyList<string> AffectedScopes { get; init; }

    /// <summary>Only with ALLOW_WITH_CAPS.</summary>
    public Caps? Caps { get; init; }

    /// <summary>The budgeted scopes after the hold.</summary>
    public IReadOnlyList<Balance>? Balances { get; init; }

    /// <summary>Why a dry run was denied.</summary>
    public string? ReasonCode { get; init; }

    /// <summary>When trying again may help, in milliseconds; only where a date is known.</summary>
    public long? RetryAfterMs { get; init; }
}

/// <summary>Answer to a commit.</summary>
public sealed record CommitResponse
{
    /// <summary>Always COMMITTED.</summary>
    public ReservationStatus Status { get; init; } = ReservationStatus.Committed;

    /// <summary>What was charged; below the actual amount only when ALLOW_IF_AVAILABLE capped it.</summary>
    public required Amount Charged { get; init; }

    /// <summary>What was given back.</summary>
    public Amount? Released { get; init; }

    /// <summary>The budgeted scopes after the commit.</summary>
    public IReadOnlyList<Balance>? Balances { get; init; }
}

/// <summary>Answer to a release.</summary>
public sealed record ReleaseResponse
{
    /// <summary>Always RELEASED.</summary>
    public ReservationStatus Status { get; init; } = ReservationStatus.Released;

    /// <summary>What was given back.</summary>
    public required Amount Released { get; init; }

    /// <summary>The budgeted scopes after the release.</summary>
    public IReadOnlyList<Balance>? Balances { get; init; }
}

/// <summary>Answer to an extension.</summary>
public sealed record ReservationExtendResponse
{
    /// <summary>Always ACTIVE.</summary>
    public ReservationStatus Status { get; init; } = ReservationStatus.Active;

    /// <summary>The new end, in Unix milliseconds.</summary>
    public required long ExpiresAtMs { get; init; }

    /// <summary>Time left while this answer was made, in milliseconds.</summary>
    public required long RemainingTtlMs { get; init; }
}

/// <summary>One reservation (schemas <c>ReservationDetail</c> and <c>ReservationSummary</c>).</summary>
public sealed record ReservationDetail
{
    /// <summary>The id.</summary>
    public required string ReservationId { get; init; }

    /// <summary>The state.</summary>
    public required ReservationStatus Status { get; init; }

    /// <summary>The key that made it.</summary>
    public required string IdempotencyKey { get; init; }

    /// <summary>The subject as given.</summary>
    public required Subject Subject { get; init; }

    /// <summary>The action as given.</summary>
    public required ActionInfo Action { get; init; }

    /// <summary>What was held at reserve time.</summary>
    public required Amount Reserved { get; init; }

    /// <summary>What was charged; only when COMMITTED.</summary>
    public Amount? Committed { get; init; }

    /// <summary>In Unix milliseconds.</summary>
    public required long CreatedAtMs { get; init; }

    /// <summary>In Unix milliseconds.</summary>
    public required long ExpiresAtMs { get; init; }

    /// <summary>In Unix milliseconds; only when COMMITTED or RELEASED.</summary>
    public long? FinalizedAtMs { get; init; }

    /// <summary>The deepest derived scope.</summary>
    public required string ScopePath { get; init; }

    /// <summary>All derived scopes, root first.</summary>
    public required IReadOnlyList<string> AffectedScopes { get; init; }

    /// <summary>Reserve-time metadata.</summary>
    public RawJsonObject? Metadata { get; init; }

    /// <summary>Commit-time metadata.</summary>
    public RawJsonObject? CommittedMetadata { get; init; }
}

/// <summary>Answer to GET /v1/reservations.</summary>
public sealed record ReservationListResponse
{
    /// <summary>The page.</summary>
    public required IReadOnlyList<ReservationDetail> Reservations { get; init; }

    /// <summary>Where the next page begins, when there is one.</summary>
    public string? NextCursor { get; init; }

    /// <summary>Whether there is a next page.</summary>
    public required bool HasMore { get; init; }
}

/// <summary>Answer to GET /v1/balances.</summary>
public sealed record BalanceResponse
{
    /// <summary>The page.</summary>
    public required IReadOnlyList<Balance> Balances { get; init; }

    /// <summary>Where the next page begins, when there is one.</summary>
    public string? NextCursor { get; init; }

    /// <summary>Whether there is a next page.</summary>
    public required bool HasMore { get; init; }
}
