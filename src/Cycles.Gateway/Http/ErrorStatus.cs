using Cycles.Protocol.Errors;

namespace Cycles.Gateway.Http;

/// <summary>The one place that says which HTTP status a problem has (ERROR SEMANTICS).</summary>
internal static class ErrorStatus
{
    /// <param name="problem">The problem.</param>
    /// <param name="operation">What was called; null when it was nothing.</param>
    public static int Of(Problem problem, Operation? operation) => problem switch
    {
        { Code: ErrorCode.TenantNotFound } when operation is { TakesTenantAsArgument: true } => StatusCodes.Status400BadRequest,
        { Conflicts: true } => StatusCodes.Status409Conflict,
        // Too many rows for one bulk action: nothing that waiting could mend.
        { Code: ErrorCode.LimitExceeded, TotalMatched: not null } => StatusCodes.Status400BadRequest,
        _ => Of(problem.Code),
    };

    private static int Of(ErrorCode code) => code switch
    {
        ErrorCode.InvalidRequest or ErrorCode.UnitMismatch or ErrorCode.PolicyViolation => StatusCodes.Status400BadRequest,
        ErrorCode.Unauthorized or ErrorCode.KeyRevoked or ErrorCode.KeyExpired => StatusCodes.Status401Unauthorized,
        ErrorCode.Forbidden or ErrorCode.InsufficientPermissions or ErrorCode.TenantSuspended => StatusCodes.Status403Forbidden,
        ErrorCode.NotFound or ErrorCode.TenantNotFound or ErrorCode.BudgetNotFound => StatusCodes.Status404NotFound,
        ErrorCode.BudgetExceeded
            or ErrorCode.BudgetFrozen
            or ErrorCode.BudgetClosed
            or ErrorCode.ReservationFinalized
            or ErrorCode.IdempotencyMismatch
            or ErrorCode.OverdraftLimitExceeded
            or ErrorCode.DebtOutstanding
            or ErrorCode.MaxExtensionsExceeded
            or ErrorCode.TenantClosed
            or ErrorCode.DuplicateResource
            or ErrorCode.CountMismatch => StatusCodes.Status409Conflict,
        ErrorCode.ReservationExpired => StatusCodes.Status410Gone,
        ErrorCode.LimitExceeded => StatusCodes.Status429TooManyRequests,
        _ => StatusCodes.Status500InternalServerError,
    };
}
