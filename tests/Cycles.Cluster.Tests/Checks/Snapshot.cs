using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Load;
using Cycles.Cluster.Tests.Model;

namespace Cycles.Cluster.Tests.Checks;

/// <summary>One tenant's budgets, reservations and fundings at one moment.</summary>
/// <param name="Budgets">The budgets in the order of the model's.</param>
/// <param name="Rows">All reservations.</param>
/// <param name="Audited">What the audit log says was given to each scope by fundings.</param>
/// <param name="TakenAtMs">When reading began.</param>
internal sealed record Snapshot(BudgetNumbers[] Budgets, List<Row> Rows, IReadOnlyDictionary<string, long> Audited, long TakenAtMs)
{
    private const int Tries = 50;
    private const int PageSize = 200;

    /// <summary>
    /// Reads the budgets, the reservations, and the budgets again until both readings of the budgets agree: reservations lapse at any
    /// time, and a hold that lapses in between would look like a difference.
    /// </summary>
    public static async Task<Snapshot> TakeAsync(ICyclesApi api, TenantModel tenant)
    {
        for (var attempt = 1; attempt <= Tries; attempt++)
        {
            var takenAtMs = Book.NowMs;
            var before = await ReadBudgetsAsync(api, tenant);
            var rows = await ReadRowsAsync(api, tenant);
            var audited = await ReadAuditedAsync(api, tenant);
            var after = await ReadBudgetsAsync(api, tenant);
            if (before.SequenceEqual(after))
            {
                return new Snapshot(before, rows, audited, takenAtMs);
            }
        }

        throw new InvalidOperationException($"the budgets of {tenant.Id} did not come to rest");
    }

    private static async Task<BudgetNumbers[]> ReadBudgetsAsync(ICyclesApi api, TenantModel tenant)
    {
        var budgets = new BudgetNumbers[tenant.Budgets.Count];
        for (var i = 0; i < budgets.Length; i++)
        {
            var path = $"/v1/admin/budgets/lookup?scope={Uri.EscapeDataString(tenant.Budgets[i].Scope)}&unit={Requests.Unit}";
            budgets[i] = BudgetNumbers.Parse((await GetAsync(api, path, null)).Body!);
        }

        return budgets;
    }

    private static async Task<List<Row>> ReadRowsAsync(ICyclesApi api, TenantModel tenant)
    {
        var rows = new List<Row>();
        string? cursor = null;
        do
        {
            var path = $"/v1/reservations?tenant={tenant.Id}&limit={PageSize}";
            var page = await GetAsync(api, cursor is null ? path : $"{path}&cursor={Uri.EscapeDataString(cursor)}", tenant.Id);
            rows.AddRange(page.Body!["reservations"]!.AsArray().Select(row => Row.Parse(row!)));
            cursor = (string?)page.Body["next_cursor"];
        }
        while (cursor is not null);
        return rows;
    }

    private static async Task<Dictionary<string, long>> ReadAuditedAsync(ICyclesApi api, TenantModel tenant)
    {
        var given = new Dictionary<string, long>();
        string? cursor = null;
        do
        {
            var path = $"/v1/admin/audit/logs?tenant_id={tenant.Id}&operation=fundBudget&status=200&limit=2000";
            var page = await GetAsync(api, cursor is null ? path : $"{path}&cursor={cursor}", null);
            foreach (var entry in page.Body!["logs"]!.AsArray())
            {
                var scope = (string)entry!["metadata"]!["scope"]!;
                given[scope] = given.GetValueOrDefault(scope) + (long)entry["amount"]!["amount"]!;
            }

            cursor = (string?)page.Body["next_cursor"];
        }
        while (cursor is not null);
        return given;
    }

    private static async Task<Answer> GetAsync(ICyclesApi api, string path, string? tenantId)
    {
        var answer = await api.SendUntilAnsweredAsync(ApiRequest.Get(path, tenantId));
        return answer.IsSuccess ? answer : throw new InvalidOperationException($"GET {path}: {answer}");
    }
}
