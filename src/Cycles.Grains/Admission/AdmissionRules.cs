using Cycles.Grains.Limits;
using Cycles.Grains.Records;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Scopes;
using Cycles.Protocol.Tenants;

namespace Cycles.Grains.Admission;

/// <summary>The admission step as a pure rule over what the tenant's grain holds in memory.</summary>
internal static class AdmissionRules
{
    public static Peers.Admission Admit(TenantState tenant, long epoch, in AdmissionRequest request, DateTimeOffset now)
    {
        if (tenant.Tenant.Status == TenantStatus.Closed)
        {
            return new Peers.Admission { Epoch = epoch, Problem = TenantRefusals.Closed(tenant.Tenant.TenantId) };
        }

        if (tenant.Tenant.Status == TenantStatus.Suspended)
        {
            return new Peers.Admission { Epoch = epoch, Problem = TenantRefusals.Suspended(tenant.Tenant.TenantId) };
        }

        var budgeted = Budgeted(tenant, request);
        if (budgeted.Length == 0)
        {
            return new Peers.Admission { Epoch = epoch, Problem = WithoutBudget(tenant, request) };
        }

        var policy = PolicyRules.Match(tenant.Policies, request.Scopes, now);
        var ttl = policy?.ReservationTtlOverride;
        var defaultTtlMs = ttl?.DefaultTtlMs ?? tenant.Tenant.DefaultReservationTtlMs;
        var maxTtlMs = ttl?.MaxTtlMs ?? tenant.Tenant.MaxReservationTtlMs;
        return new Peers.Admission
        {
            Epoch = epoch,
            Budgeted = budgeted,
            Caps = policy?.Caps,
            OveragePolicy = request.OveragePolicy
                ?? policy?.CommitOveragePolicy
                ?? tenant.DeepestOveragePolicy(budgeted, request.Unit)
                ?? tenant.Tenant.DefaultCommitOveragePolicy,
            TtlMs = Math.Min(request.TtlMs ?? defaultTtlMs, maxTtlMs),
            MaxExtensions = ttl?.MaxExtensions ?? tenant.Tenant.MaxReservationExtensions,
            RateLimit = RateLimit.Of(RateLimitKind.Reservations, policy, request.Scopes),
        };
    }

    private static ScopePath[] Budgeted(TenantState tenant, in AdmissionRequest request)
    {
        var count = 0;
        foreach (var scope in request.Scopes)
        {
            count += tenant.HasBudget(scope, request.Unit) ? 1 : 0;
        }

        if (count == request.Scopes.Length)
        {
            return request.Scopes;
        }

        var budgeted = new ScopePath[count];
        var next = 0;
        foreach (var scope in request.Scopes)
        {
            if (tenant.HasBudget(scope, request.Unit))
            {
                budgeted[next++] = scope;
            }
        }

        return budgeted;
    }

    /// <summary>UNIT_MISMATCH when a derived scope has a budget in another unit, else NOT_FOUND (ERROR SEMANTICS).</summary>
    private static Problem WithoutBudget(TenantState tenant, in AdmissionRequest request)
    {
        foreach (var scope in request.Scopes)
        {
            Unit[] units = [.. UnitNames.All.Where(unit => tenant.HasBudget(scope, unit))];
            if (units.Length > 0)
            {
                return new Problem(
                    ErrorCode.UnitMismatch,
                    $"Scope {scope} has no budget in {request.Unit.ToWire()}, only in {string.Join(", ", units.Select(UnitNames.ToWire))}",
                    new UnitMismatchDetails(scope.Value, request.Unit, units));
            }
        }

        return new Problem(ErrorCode.NotFound, $"Budget not found for provided scope: {request.Scopes[^1]}");
    }
}
