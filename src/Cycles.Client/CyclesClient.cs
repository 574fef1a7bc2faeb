using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Cycles.Contracts;
using Cycles.Contracts.Addressing;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Calls;
using Cycles.Contracts.Decisions;
using Cycles.Contracts.Events;
using Cycles.Contracts.Lists;
using Cycles.Contracts.Reservations;
using Cycles.Contracts.Tenants;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Decisions;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Events;
using Cycles.Protocol.Identity;
using Cycles.Protocol.Json;
using Cycles.Protocol.Keys;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;
using Cycles.Protocol.Validation;

namespace Cycles.Client;

/// <summary>
/// The runtime plane for gateways and for code inside of a silo, which are trusted: reserve before the action, commit what it cost. Each
/// operation validates as the HTTP gateway does, and a retry under the same idempotency key is the same action. Agents that are Orleans
/// clients use <see cref="Agents.AgentClient"/>.
/// </summary>
/// <param name="grains">The grain factory of the Orleans client.</param>
/// <param name="tenantId">The tenant on whose behalf this client acts; that the caller may act for it is checked before.</param>
/// <param name="within">The part of the tenant that it keeps to: everything else is FORBIDDEN and not shown; null for the whole tenant.</param>
public sealed class CyclesClient(IGrainFactory grains, string tenantId, ScopeFilter? within = null)
{
    private const int DefaultGraceMs = 5000;

    /// <summary>Which attempt of its caller the client's calls are. By default there is only one.</summary>
    public CallAttempt Attempt { get; init; }

    private ITenantGrain Tenant => grains.Get<ITenantGrain>(tenantId);

    /// <summary>Holds an estimate on every budgeted scope of the subject, or on none; with <c>DryRun</c> only says what would happen.</summary>
    /// <param name="request">The request.</param>
    /// <param name="payloadHash">The canonical hash of the body it came in; null computes it.</param>
    public async ValueTask<Result<ReservationCreateResponse>> ReserveAsync(ReservationCreateRequest request, string? payloadHash = null)
    {
        if ((request.Validate() ?? CheckAccess(request.Subject)) is { } problem)
        {
            return problem;
        }

        if (Derive(request.Subject, out var notNamed) is not { } scopes)
        {
            return request.DryRun == true
                ? new ReservationCreateResponse { Decision = Decision.Deny, AffectedScopes = [], ReasonCode = "BUDGET_NOT_FOUND" }
                : notNamed!;
        }

        var reply = await Tenant.Reserve(new ReserveCommand
        {
            Id = ReservationId.Derive(tenantId, request.IdempotencyKey).Value,
            TenantId = tenantId,
            IdempotencyKey = request.IdempotencyKey,
            PayloadHash = payloadHash ?? Hash(request, ProtocolJson.Default.ReservationCreateRequest),
            Subject = request.Subject,
            Action = request.Action,
            Scopes = scopes,
            Estimate = request.Estimate,
            TtlMs = request.TtlMs,
            GracePeriodMs = request.GracePeriodMs ?? DefaultGraceMs,
            OveragePolicy = request.OveragePolicy,
            DryRun = request.DryRun ?? false,
            Metadata = request.Metadata,
            Attempt = Attempt,
        });
        return reply switch
        {
            { Problem: { } refused } => refused,
            { Reservation: { } reservation } => Answers.ToCreated(reservation, reply.NowMs, within),
            { Evaluation: { } evaluation } => Answers.ToDryRun(evaluation, within),
            _ => throw new InvalidOperationException("a reserve answered nothing"),
        };
    }

    /// <summary>Says what a reserve would be answered, and holds nothing.</summary>
    /// <inheritdoc cref="ReserveAsync"/>
    public async ValueTask<Result<DecisionResponse>> DecideAsync(DecisionRequest request, string? payloadHash = null)
    {
        if ((request.Validate() ?? CheckAccess(request.Subject)) is { } problem)
        {
            return problem;
        }

        if (Derive(request.Subject, out _) is not { } scopes)
        {
            return new DecisionResponse { Decision = Decision.Deny, AffectedScopes = [], ReasonCode = "BUDGET_NOT_FOUND" };
        }

        var reply = await Tenant.Decide(new DecideCommand(
            DerivedId.Create("dec_", tenantId, request.IdempotencyKey),
            tenantId,
            payloadHash ?? Hash(request, ProtocolJson.Default.DecisionRequest),
            scopes,
            request.Estimate));
        return reply.Problem is { } refused ? refused : Answers.ToDecision(reply.Evaluation!);
    }

    /// <summary>Charges what has happened without a reservation.</summary>
    /// <inheritdoc cref="ReserveAsync"/>
    public async ValueTask<Result<EventCreateResponse>> ApplyAsync(EventCreateRequest request, string? payloadHash = null)
    {
        if ((request.Validate() ?? CheckAccess(request.Subject)) is { } problem)
        {
            return problem;
        }

        if (Derive(request.Subject, out var notNamed) is not { } scopes)
        {
            return notNamed!;
        }

        var reply = await Tenant.Apply(new EventCommand
        {
            Id = DerivedId.Create("evt_", tenantId, request.IdempotencyKey),
            TenantId = tenantId,
            IdempotencyKey = request.IdempotencyKey,
            PayloadHash = payloadHash ?? Hash(request, ProtocolJson.Default.EventCreateRequest),
            Subject = request.Subject,
            Action = request.Action,
            Scopes = scopes,
            Actual = request.Actual,
            OveragePolicy = request.OveragePolicy,
            Metrics = request.Metrics,
            ClientTimeMs = request.ClientTimeMs,
            Metadata = request.Metadata,
            Attempt = Attempt,
        });
        return reply.Problem is { } refused ? refused : Answers.ToApplied(reply.Event!, within);
    }

    /// <summary>Records the real cost of a reservation; what is left of the hold flows back.</summary>
    /// <param name="reservationId">The reservation.</param>
    /// <param name="request">The request.</param>
    /// <param name="payloadHash">The canonical hash of the body it came in; null computes it.</param>
    public async ValueTask<Result<CommitResponse>> CommitAsync(string reservationId, CommitRequest request, string? payloadHash = null)
    {
        if (request.Validate() is { } invalid)
        {
            return invalid;
        }

        var (reservation, problem) = await FindAsync(reservationId);
        if (reservation is null)
        {
            return problem!;
        }

        var reply = await reservation.Commit(reservationId, new CommitCommand(
            request.IdempotencyKey,
            payloadHash ?? Hash(request, ProtocolJson.Default.CommitRequest),
            request.Actual,
            request.Metrics,
            request.Metadata)
        {
            Attempt = Attempt,
        });
        return reply.Problem is { } refused ? refused : Answers.ToCommitted(reply.Reservation!, within);
    }

    /// <summary>Gives a reservation back whole.</summary>
    /// <param name="reservationId">The reservation.</param>
    /// <param name="request">The request.</param>
    /// <param name="payloadHash">The canonical hash of the body it came in; null computes it.</param>
    /// <param name="origin">The caller, when it releases on the tenant's behalf and the audit log is to name it.</param>
    public async ValueTask<Result<ReleaseResponse>> ReleaseAsync(
        string reservationId, ReleaseRequest request, string? payloadHash = null, Origin? origin = null)
    {
        if (request.Validate() is { } invalid)
        {
            return invalid;
        }

        var (reservation, problem) = await FindAsync(reservationId);
        if (reservation is null)
        {
            return problem!;
        }

        var reply = await reservation.Release(reservationId, new ReleaseCommand(
            request.IdempotencyKey, payloadHash ?? Hash(request, ProtocolJson.Default.ReleaseRequest), request.Reason, origin));
        return reply.Problem is { } refused ? refused : Answers.ToReleased(reply.Reservation!, within);
    }

    /// <summary>Moves the expiry of a reservation; a heartbeat.</summary>
    /// <inheritdoc cref="CommitAsync"/>
    public async ValueTask<Result<ReservationExtendResponse>> ExtendAsync(
        string reservationId, ReservationExtendRequest request, string? payloadHash = null)
    {
        if (request.Validate() is { } invalid)
        {
            return invalid;
        }

        var (reservation, problem) = await FindAsync(reservationId);
        if (reservation is null)
        {
            return problem!;
        }

        var reply = await reservation.Extend(reservationId, new ExtendCommand(
            request.IdempotencyKey, payloadHash ?? Hash(request, ProtocolJson.Default.ReservationExtendRequest), request.ExtendByMs));
        return reply.Problem is { } refused ? refused : Answers.ToExtended(reply.Reservation!, reply.NowMs);
    }

    /// <summary>A reservation; RESERVATION_EXPIRED once it has lapsed.</summary>
    public async ValueTask<Result<ReservationDetail>> GetAsync(string reservationId)
    {
        var (reservation, problem) = await FindAsync(reservationId);
        if (reservation is null)
        {
            return problem!;
        }

        var reply = await reservation.Get(reservationId);
        if (reply.Problem is { } refused)
        {
            return refused;
        }

        return reply.Reservation!.Status == ReservationStatus.Expired
            ? new Problem(ErrorCode.ReservationExpired, $"Reservation {reservationId} has expired")
            : Answers.ToDetail(reply.Reservation);
    }

    /// <summary>A page of reservations.</summary>
    public async ValueTask<Result<ReservationListResponse>> ListAsync(ReservationQuery query)
    {
        var page = await grains.Get<IReservationListGrain>(tenantId).Query(query with { Within = within });
        return page.Problem is { } problem
            ? problem
            : new ReservationListResponse
            {
                Reservations = Array.ConvertAll(page.Reservations, Answers.ToDetail),
                NextCursor = page.NextCursor,
                HasMore = page.NextCursor is not null,
            };
    }

    /// <summary>The budgets whose scopes have all the segments (such as <c>agent:summarizer</c>), in order of scope and unit.</summary>
    public async ValueTask<Balance[]> BalancesAsync(string[] segments, Unit? unit = null)
    {
        var budgets = await Tenant.ListBudgets(segments, prefix: null, unit, within);
        return Array.ConvertAll(budgets, budget => Answers.ToBalance(budget.Record.Scope, budget.State, budget.Record.Unit));
    }

    private static string Hash<T>(T request, JsonTypeInfo<T> type) => CanonicalJson.Hash(JsonSerializer.SerializeToElement(request, type));

    private static ScopePath[]? Derive(Subject subject, out Problem? problem)
    {
        // Budgets are rooted at a tenant: a subject without one has none.
        problem = subject.Tenant is null
            ? new Problem(ErrorCode.NotFound, "Budget not found for provided scope: the subject does not name its tenant (subject.tenant)")
            : null;
        return problem is null ? ScopeDerivation.Derive(subject) : null;
    }

    private static Problem Denied(string message) => new(ErrorCode.Forbidden, message, IsDenial: true);

    private Problem? CheckAccess(Subject subject)
    {
        if (subject.Tenant is not null && subject.Tenant != tenantId)
        {
            return Denied("subject.tenant is not the tenant of the API key");
        }

        return within is null || within.Allows(ScopeDerivation.Derive(subject)[^1])
            ? null
            : Denied("The subject is outside of the API key's scope_filter");
    }

    private async ValueTask<(IReservationGrain? Reservation, Problem? Problem)> FindAsync(string id)
    {
        if (id.Length is 0 or > ReservationId.MaxLength)
        {
            return (null, new Problem(ErrorCode.InvalidRequest, $"reservation_id must have 1 to {ReservationId.MaxLength} characters"));
        }

        var notFound = new Problem(ErrorCode.NotFound, $"Reservation not found: {id}");
        if (!ReservationId.TryParse(id, out var parsed))
        {
            return (null, notFound);
        }

        var reservation = grains.GetReservation(id);
        var isOwn = parsed.TenantId == tenantId;
        if (isOwn && within is null)
        {
            return (reservation, null);
        }

        // Whose it is and what it is about never changes: what is found here still holds when the operation runs.
        return (await reservation.Get(id)).Reservation switch
        {
            null => (null, notFound),
            _ when !isOwn => (null, Denied("The reservation belongs to another tenant")),
            { } found when within!.Allows(ScopePath.FromCanonical(found.ScopePath)) => (reservation, null),
            _ => (null, Denied("The reservation is outside of the API key's scope_filter")),
        };
    }
}
