namespace Cycles.Bench.Lists;

/// <summary>One way to ask for a list.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Path">The request.</param>
internal sealed record ListShape(string Name, string Path)
{
    /// <summary>Every sort and filter of the list of budgets, and the other lists of an operator's start page.</summary>
    public static IReadOnlyList<ListShape> All { get; } =
    [
        Budgets("default: utilization, 50 rows", ""),
        .. new[] { "tenant_id", "scope", "unit", "status", "commit_overage_policy", "debt" }.Select(sort => Budgets($"sort_by={sort}", $"sort_by={sort}")),
        Budgets("sort_dir=asc", "sort_dir=asc"),
        Budgets("status=FROZEN", "status=FROZEN"),
        Budgets("has_debt=true", "has_debt=true"),
        Budgets("over_limit=true", "over_limit=true"),
        Budgets("utilization_min=0.9, 2,000 rows", "utilization_min=0.9&limit=2000"),
        Budgets("utilization 0.25 to 0.75", "utilization_min=0.25&utilization_max=0.75"),
        Budgets("scope_prefix", "scope_prefix=tenant:bench-0042/workspace:"),
        Budgets("unit", "unit=USD_MICROCENTS"),
        Budgets("search", "search=agent:a-07"),
        Budgets("one tenant", "tenant_id=bench-0042"),
        new("tenants, 1,000 rows", "/v1/admin/tenants?limit=1000"),
        new("API keys", "/v1/admin/api-keys"),
        new("overview", "/v1/admin/overview"),
    ];

    private static ListShape Budgets(string name, string query) => new(name, $"/v1/admin/budgets?{query}");
}
