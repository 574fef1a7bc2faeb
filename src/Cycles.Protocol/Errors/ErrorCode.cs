using System.Text.Json.Serialization;
using Cycles.Protocol.Json;

namespace Cycles.Protocol.Errors;

/// <summary>The protocol's error codes, of the runtime plane and of the admin plane (schemas <c>ErrorCode</c>).</summary>
[JsonConverter(typeof(EnumNames<ErrorCode>))]
public enum ErrorCode
{
#pragma warning disable CS1591 // The names are the protocol's; what each means stands in its ERROR SEMANTICS section.
    [JsonStringEnumMemberName("INVALID_REQUEST")] InvalidRequest,
    [JsonStringEnumMemberName("UNAUTHORIZED")] Unauthorized,
    [JsonStringEnumMemberName("FORBIDDEN")] Forbidden,
    [JsonStringEnumMemberName("NOT_FOUND")] NotFound,
    [JsonStringEnumMemberName("BUDGET_EXCEEDED")] BudgetExceeded,
    [JsonStringEnumMemberName("BUDGET_FROZEN")] BudgetFrozen,
    [JsonStringEnumMemberName("BUDGET_CLOSED")] BudgetClosed,
    [JsonStringEnumMemberName("RESERVATION_EXPIRED")] ReservationExpired,
    [JsonStringEnumMemberName("RESERVATION_FINALIZED")] ReservationFinalized,
    [JsonStringEnumMemberName("IDEMPOTENCY_MISMATCH")] IdempotencyMismatch,
    [JsonStringEnumMemberName("UNIT_MISMATCH")] UnitMismatch,
    [JsonStringEnumMemberName("OVERDRAFT_LIMIT_EXCEEDED")] OverdraftLimitExceeded,
    [JsonStringEnumMemberName("DEBT_OUTSTANDING")] DebtOutstanding,
    [JsonStringEnumMemberName("MAX_EXTENSIONS_EXCEEDED")] MaxExtensionsExceeded,
    [JsonStringEnumMemberName("LIMIT_EXCEEDED")] LimitExceeded,
    [JsonStringEnumMemberName("TENANT_CLOSED")] TenantClosed,
    [JsonStringEnumMemberName("INTERNAL_ERROR")] InternalError,
    [JsonStringEnumMemberName("TENANT_NOT_FOUND")] TenantNotFound,
    [JsonStringEnumMemberName("TENANT_SUSPENDED")] TenantSuspended,
    [JsonStringEnumMemberName("BUDGET_NOT_FOUND")] BudgetNotFound,
    [JsonStringEnumMemberName("POLICY_VIOLATION")] PolicyViolation,
    [JsonStringEnumMemberName("INSUFFICIENT_PERMISSIONS")] InsufficientPermissions,
    [JsonStringEnumMemberName("KEY_REVOKED")] KeyRevoked,
    [JsonStringEnumMemberName("KEY_EXPIRED")] KeyExpired,
    [JsonStringEnumMemberName("DUPLICATE_RESOURCE")] DuplicateResource,
    [JsonStringEnumMemberName("COUNT_MISMATCH")] CountMismatch,
#pragma warning restore CS1591
}
