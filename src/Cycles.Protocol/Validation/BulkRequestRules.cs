using Cycles.Protocol.Budgets;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Tenants;

namespace Cycles.Protocol.Validation;

/// <summary>Whether a bulk action satisfies its schema, before anything is counted: INVALID_REQUEST or UNIT_MISMATCH, or null when it does.</summary>
public static class BulkRequestRules
{
    private const int MaxKeyLength = 128;
    private const int MaxSearchLength = 128;
    private const int MaxPrefixLength = 1024;
    private const int MaxReasonLength = 512;

    /// <summary>Schema <c>TenantBulkActionRequest</c>.</summary>
    public static Problem? Validate(this TenantBulkActionRequest request) => Check.First(
        Check.Filled("idempotency_key", request.IdempotencyKey, MaxKeyLength),
        Check.NotNegative("expected_count", request.ExpectedCount),
        Check.Length("filter.search", request.Filter.Search, MaxSearchLength),
        IsEmpty(request.Filter) ? "filter must have at least one of status, parent_tenant_id and search" : null);

    /// <summary>Schema <c>BudgetBulkActionRequest</c>.</summary>
    public static Problem? Validate(this BudgetBulkActionRequest request)
    {
        if (Check.First(
            Check.Filled("idempotency_key", request.IdempotencyKey, MaxKeyLength),
            Check.NotNegative("expected_count", request.ExpectedCount),
            request.Amount is null ? "amount is required" : Check.Amount("amount", request.Amount),
            Check.Amount("spent", request.Spent),
            Check.Length("reason", request.Reason, MaxReasonLength),
            Check.Filled("filter.tenant_id", request.Filter.TenantId, MaxSearchLength),
            Check.Length("filter.search", request.Filter.Search, MaxSearchLength),
            Check.Length("filter.scope_prefix", request.Filter.ScopePrefix, MaxPrefixLength),
            Ratio("filter.utilization_min", request.Filter.UtilizationMin),
            Ratio("filter.utilization_max", request.Filter.UtilizationMax),
            request.Filter.UtilizationMin > request.Filter.UtilizationMax ? "filter.utilization_min must not be above filter.utilization_max" : null)
            is { } problem)
        {
            return problem;
        }

        return request.Action == FundingOperation.ResetSpent && request.Spent is { } spent && spent.Unit != request.Amount!.Value.Unit
            ? new Problem(ErrorCode.UnitMismatch, "amount and spent must be in the same unit")
            : null;
    }

    /// <summary>Whether nothing is left of a filter once what is ignored is ignored: that would be all tenants.</summary>
    private static bool IsEmpty(TenantBulkFilter filter) =>
        filter.Status is null && string.IsNullOrWhiteSpace(filter.ParentTenantId) && string.IsNullOrWhiteSpace(filter.Search);

    private static string? Ratio(string name, double? value) =>
        value is { } ratio && !(ratio >= 0 && ratio <= 1) ? $"{name} must be 0 to 1" : null;
}
