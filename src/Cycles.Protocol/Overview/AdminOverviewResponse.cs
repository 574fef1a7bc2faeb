using Cycles.Protocol.Json;

namespace Cycles.Protocol.Overview;

/// <summary>What GET /v1/admin/overview answers (schema <c>AdminOverviewResponse</c>). Amounts are plain integers here.</summary>
public sealed record AdminOverviewResponse
{
    /// <summary>How far the events of the snapshot go back, in seconds.</summary>
    public const int WindowSeconds = 3600;

    /// <summary>When the snapshot was taken, UTC.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>What <see cref="EventCounts"/>, <see cref="RecentDenials"/> and <see cref="RecentExpiries"/> go back, in seconds.</summary>
    public int EventWindowSeconds { get; init; } = WindowSeconds;

    /// <summary>Tenants by status.</summary>
    public required TenantCounts TenantCounts { get; init; }

    /// <summary>Budgets by what is the matter with them.</summary>
    public required BudgetCounts BudgetCounts { get; init; }

    /// <summary>The budgets over their limit, those with the most debt first; at most ten.</summary>
    public required OverLimitScope[] OverLimitScopes { get; init; }

    /// <summary>The budgets with debt, most first; at most ten.</summary>
    public required DebtScope[] DebtScopes { get; init; }

    /// <summary>Webhook subscriptions by status.</summary>
    public required WebhookCounts WebhookCounts { get; init; }

    /// <summary>The subscriptions whose deliveries fail; at most ten.</summary>
    public required FailingWebhook[] FailingWebhooks { get; init; }

    /// <summary>The events of the window.</summary>
    public required EventCounts EventCounts { get; init; }

    /// <summary>The latest events <c>reservation.denied</c>; at most ten.</summary>
    public required RawJsonObject[] RecentDenials { get; init; }

    /// <summary>The latest events <c>reservation.expired</c>; at most ten.</summary>
    public required RawJsonObject[] RecentExpiries { get; init; }
}

#pragma warning disable CS1591, CS1573 // The members are the schema's.

/// <summary>Tenants by status.</summary>
public sealed record TenantCounts(int Total, int Active, int Suspended, int Closed);

/// <summary>Budgets by status, state and unit.</summary>
/// <param name="ByUnit">The wire name of the unit to how many; without units that have none.</param>
public sealed record BudgetCounts(
    int Total, int Active, int Frozen, int Closed, int OverLimit, int WithDebt, IReadOnlyDictionary<string, int> ByUnit);

/// <summary>A budget over its limit.</summary>
public sealed record OverLimitScope(string Scope, Amounts.Unit Unit, long Allocated, long Remaining, long Debt);

/// <summary>A budget with debt.</summary>
public sealed record DebtScope(string Scope, Amounts.Unit Unit, long Debt, long OverdraftLimit);

/// <summary>Webhook subscriptions by status.</summary>
public sealed record WebhookCounts(int Total, int Active, int Disabled, int WithFailures);

/// <summary>A subscription whose last deliveries failed.</summary>
public sealed record FailingWebhook(string SubscriptionId, string Url, int ConsecutiveFailures, DateTimeOffset? LastFailureAt);

/// <summary>Events of the window, all and by category.</summary>
public sealed record EventCounts(int TotalRecent, IReadOnlyDictionary<string, int> ByCategory);
#pragma warning restore CS1591, CS1573
