namespace Cycles.Protocol.Bulk;

/// <summary>The codes that only rows of bulk actions have; an open list that is wider than the one of requests.</summary>
public static class BulkRowCodes
{
    /// <summary>The row's state does not allow the action.</summary>
    public const string InvalidTransition = "INVALID_TRANSITION";

    /// <summary>The tenant is closed, and what it owns is still being ended; that goes on by itself.</summary>
    public const string CascadeInProgress = "CASCADE_IN_PROGRESS";

    /// <summary>Nothing to do: a reason to skip.</summary>
    public const string AlreadyInTargetState = "ALREADY_IN_TARGET_STATE";
}
