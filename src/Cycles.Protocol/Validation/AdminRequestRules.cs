using Cycles.Protocol.Budgets;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Keys;
using Cycles.Protocol.Policies;
using Cycles.Protocol.Tenants;

namespace Cycles.Protocol.Validation;

/// <summary>Whether a request of the admin plane satisfies its schema: INVALID_REQUEST or UNIT_MISMATCH, or null when it does.</summary>
public static class AdminRequestRules
{
    private const int MaxNameLength = 256;
    private const int MaxDescriptionLength = 1024;
    private const int MaxReasonLength = 512;
    private const int MaxMetadata = 32;
    private const int MinTtlMs = 1000;
    private const int MaxTtlMs = 86_400_000;
    private const string EndsBeforeItBegins = "effective_until must not lie before effective_from";

    private static readonly TimeSpan FurthestStart = TimeSpan.FromDays(3653);

    /// <summary>Schema <c>TenantCreateRequest</c>.</summary>
    public static Problem? Validate(this TenantCreateRequest request) => Check.First(
        TenantIds.IsValid(request.TenantId) ? null : "tenant_id must be 3 to 64 characters out of a-z, 0-9 and '-'",
        Check.Filled("name", request.Name, MaxNameLength),
        request.ParentTenantId is null || TenantIds.IsValid(request.ParentTenantId) ? null : "parent_tenant_id is not a tenant id",
        Metadata(request.Metadata),
        Ttls(request.DefaultReservationTtlMs, request.MaxReservationTtlMs, request.MaxReservationExtensions));

    /// <summary>Body of PATCH /v1/admin/tenants/{tenant_id}.</summary>
    public static Problem? Validate(this TenantUpdateRequest request) => Check.First(
        request.Name is null ? null : Check.Filled("name", request.Name, MaxNameLength),
        Metadata(request.Metadata),
        Ttls(request.DefaultReservationTtlMs, request.MaxReservationTtlMs, request.MaxReservationExtensions));

    /// <summary>Schema <c>ApiKeyCreateRequest</c>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="now">The time; an expiry must lie after it.</param>
    public static Problem? Validate(this ApiKeyCreateRequest request, DateTimeOffset now) => Check.First(
        Check.Filled("name", request.Name, MaxNameLength),
        Check.Length("description", request.Description, MaxDescriptionLength),
        ApiKeyRules.CheckPermissions(request.Permissions),
        ApiKeyRules.CheckScopeFilter(request.ScopeFilter),
        request.ExpiresAt <= now ? "expires_at must lie in the future" : null);

    /// <summary>Schema <c>BudgetCreateRequest</c>; the scope's grammar is ScopePath's to check.</summary>
    public static Problem? Validate(this BudgetCreateRequest request)
    {
        if (Check.First(
            Check.Amount("allocated", request.Allocated),
            Check.Amount("overdraft_limit", request.OverdraftLimit),
            request.PeriodEnd <= request.PeriodStart ? "period_end must lie after period_start" : null) is { } problem)
        {
            return problem;
        }

        return request.Allocated.Unit != request.Unit || (request.OverdraftLimit is { } limit && limit.Unit != request.Unit)
            ? new Problem(ErrorCode.UnitMismatch, "allocated and overdraft_limit must be in the budget's unit")
            : null;
    }

    /// <summary>Body of PATCH /v1/admin/budgets.</summary>
    /// <param name="request">The request.</param>
    /// <param name="unit">The budget's unit.</param>
    public static Problem? Validate(this BudgetUpdateRequest request, Amounts.Unit unit) =>
        Check.First(Check.Amount("overdraft_limit", request.OverdraftLimit))
        ?? (request.OverdraftLimit is { } limit && limit.Unit != unit
            ? new Problem(ErrorCode.UnitMismatch, "overdraft_limit must be in the budget's unit")
            : null);

    /// <summary>Body of PUT /v1/x-cycles/budgets/period.</summary>
    /// <param name="request">The request.</param>
    /// <param name="unit">The budget's unit.</param>
    /// <param name="now">The time; no period begins more than ten years after it.</param>
    public static Problem? Validate(this BudgetPeriodRequest request, Amounts.Unit unit, DateTimeOffset now) =>
        Check.First(
            Enum.IsDefined(request.Recurrence) ? null : "recurrence must be one of DAILY, WEEKLY, MONTHLY",
            request.RolloverPolicy is { } policy && !Enum.IsDefined(policy) ? "rollover_policy must be one of NONE, CARRY_FORWARD, CAP_AT_ALLOCATED" : null,
            request.StartsAt > now + FurthestStart ? "starts_at must lie at most ten years ahead" : null,
            Check.Amount("allocated", request.Allocated))
        ?? (request.Allocated is { } allocated && allocated.Unit != unit
            ? new Problem(ErrorCode.UnitMismatch, "allocated must be in the budget's unit")
            : null);

    /// <summary>Schema <c>BudgetFundingRequest</c>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="unit">The budget's unit.</param>
    public static Problem? Validate(this BudgetFundingRequest request, Amounts.Unit unit)
    {
        if (Check.First(
            Check.Amount("amount", request.Amount),
            Check.Amount("spent", request.Spent),
            Check.Length("reason", request.Reason, MaxReasonLength),
            request.IdempotencyKey is { } key ? Check.IdempotencyKey(key) : null) is { } problem)
        {
            return problem;
        }

        // With every other operation spent is ignored.
        return request.Amount.Unit != unit || (request is { Operation: FundingOperation.ResetSpent, Spent: { } spent } && spent.Unit != unit)
            ? new Problem(ErrorCode.UnitMismatch, "amount and spent must be in the budget's unit")
            : null;
    }

    /// <summary>Schema <c>BudgetStatusTransitionRequest</c>.</summary>
    public static Problem? Validate(this BudgetStatusTransitionRequest request) =>
        Check.First(Check.Length("reason", request.Reason, MaxReasonLength));

    /// <summary>Schema <c>PolicyCreateRequest</c>.</summary>
    public static Problem? Validate(this PolicyCreateRequest request) => Check.First(
        Check.Filled("name", request.Name, MaxNameLength),
        Check.Length("description", request.Description, MaxDescriptionLength),
        Check.Filled("scope_pattern", request.ScopePattern, 1024),
        Check.NotNegative("priority", request.Priority),
        Caps(request.Caps),
        Ttls(
            request.ReservationTtlOverride?.DefaultTtlMs,
            request.ReservationTtlOverride?.MaxTtlMs,
            request.ReservationTtlOverride?.MaxExtensions),
        RateLimits(request.RateLimits),
        request.EffectiveUntil < request.EffectiveFrom ? EndsBeforeItBegins : null);

    /// <summary>Body of PATCH /v1/admin/policies/{policy_id}.</summary>
    /// <param name="request">The request.</param>
    /// <param name="policy">What it changes; null when that is not known yet.</param>
    public static Problem? Validate(this PolicyUpdateRequest request, Policy? policy = null) => Check.First(
        request.ScopePattern is null ? null : "scope_pattern cannot be changed: create another policy, and disable this one",
        request.Name is null ? null : Check.Filled("name", request.Name, MaxNameLength),
        Check.Length("description", request.Description, MaxDescriptionLength),
        Check.NotNegative("priority", request.Priority),
        Caps(request.Caps),
        Ttls(
            request.ReservationTtlOverride?.DefaultTtlMs,
            request.ReservationTtlOverride?.MaxTtlMs,
            request.ReservationTtlOverride?.MaxExtensions),
        RateLimits(request.RateLimits),
        (request.EffectiveUntil ?? policy?.EffectiveUntil) < (request.EffectiveFrom ?? policy?.EffectiveFrom) ? EndsBeforeItBegins : null);

    private static string? RateLimits(RateLimits? limits) =>
        Check.AtLeastOne("rate_limits.max_reservations_per_minute", limits?.MaxReservationsPerMinute)
        ?? Check.AtLeastOne("rate_limits.max_commits_per_minute", limits?.MaxCommitsPerMinute);

    private static string? Ttls(int? defaultMs, int? maxMs, int? maxExtensions) =>
        Check.Range("the default TTL in milliseconds", defaultMs, MinTtlMs, MaxTtlMs)
        ?? Check.Range("the maximum TTL in milliseconds", maxMs, MinTtlMs, MaxTtlMs)
        ?? Check.NotNegative("the maximum number of extensions", maxExtensions)
        ?? (defaultMs > maxMs ? "the default TTL must not be above the maximum TTL" : null);

    private static string? Caps(Reservations.Caps? caps)
    {
        if (caps is null)
        {
            return null;
        }

        string?[] tools = [.. caps.ToolAllowlist ?? [], .. caps.ToolDenylist ?? []];
        return Check.NotNegative("caps.max_tokens", caps.MaxTokens)
            ?? Check.NotNegative("caps.max_steps_remaining", caps.MaxStepsRemaining)
            ?? Check.NotNegative("caps.cooldown_ms", caps.CooldownMs)
            ?? (Array.Exists(tools, tool => tool is null || Characters.IsLonger(tool, 256)) ? "tools in caps must have at most 256 characters" : null);
    }

    private static string? Metadata(Dictionary<string, string>? metadata) =>
        metadata is not null && (metadata.Count > MaxMetadata || metadata.ContainsValue(null!))
            ? $"metadata must be at most {MaxMetadata} strings"
            : null;
}
