using Cycles.Protocol.Decisions;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Events;
using Cycles.Protocol.Reservations;

namespace Cycles.Protocol.Validation;

/// <summary>Whether a request of the runtime plane satisfies its schema: INVALID_REQUEST, or null when it does.</summary>
public static class RequestRules
{
    private const int MinTtlMs = 1000;
    private const int MaxGraceMs = 60_000;
    private const int MaxReasonLength = 256;

    /// <summary>Schema <c>ReservationCreateRequest</c>.</summary>
    public static Problem? Validate(this ReservationCreateRequest request) => Check.First(
        Check.IdempotencyKey(request.IdempotencyKey),
        Check.Subject(request.Subject),
        Check.Action(request.Action),
        Check.Amount("estimate", request.Estimate),
        Check.Range("ttl_ms", request.TtlMs, MinTtlMs, ReservationCreateRequest.MaxTtlMs),
        Check.Range("grace_period_ms", request.GracePeriodMs, 0, MaxGraceMs));

    /// <summary>Schema <c>DecisionRequest</c>.</summary>
    public static Problem? Validate(this DecisionRequest request) => Check.First(
        Check.IdempotencyKey(request.IdempotencyKey),
        Check.Subject(request.Subject),
        Check.Action(request.Action),
        Check.Amount("estimate", request.Estimate));

    /// <summary>Schema <c>EventCreateRequest</c>.</summary>
    public static Problem? Validate(this EventCreateRequest request) => Check.First(
        Check.IdempotencyKey(request.IdempotencyKey),
        Check.Subject(request.Subject),
        Check.Action(request.Action),
        Check.Amount("actual", request.Actual),
        Check.Metrics(request.Metrics),
        Check.NotNegative("client_time_ms", request.ClientTimeMs));

    /// <summary>Schema <c>CommitRequest</c>.</summary>
    public static Problem? Validate(this CommitRequest request) => Check.First(
        Check.IdempotencyKey(request.IdempotencyKey),
        Check.Amount("actual", request.Actual),
        Check.Metrics(request.Metrics));

    /// <summary>Schema <c>ReleaseRequest</c>.</summary>
    public static Problem? Validate(this ReleaseRequest request) => Check.First(
        Check.IdempotencyKey(request.IdempotencyKey),
        Check.Length("reason", request.Reason, MaxReasonLength));

    /// <summary>Schema <c>ReservationExtendRequest</c>.</summary>
    public static Problem? Validate(this ReservationExtendRequest request) => Check.First(
        Check.IdempotencyKey(request.IdempotencyKey),
        Check.Range("extend_by_ms", request.ExtendByMs, 1, ReservationCreateRequest.MaxTtlMs));
}
