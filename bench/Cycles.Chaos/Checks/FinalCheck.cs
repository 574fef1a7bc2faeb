using Cycles.Chaos.Load;

namespace Cycles.Chaos.Checks;

/// <summary>After the load has ended: reads what the cluster holds, and compares it with what its clients were told.</summary>
internal sealed class FinalCheck(Api api, Book book, IReadOnlyList<Tenant> tenants, IReadOnlyCollection<string> closed, int seed, CancellationToken stop)
{
    private const int MostReads = 2_000;
    private const int AtOnce = 8;

    // A cascade that a crash interrupted goes on by its reminder, once a minute.
    private static readonly TimeSpan CascadePatience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <returns>How many answers were compared.</returns>
    public async Task<int> RunAsync()
    {
        var random = new Random(seed);
        var settled = Choose(random, book.Settled);
        var acknowledged = Choose(random, book.Acknowledged);
        await ForEachAsync(tenants, CheckBudgetsAsync);
        await ForEachAsync(settled, async one => book.Object(one.Compare(await GetAsync($"/v1/reservations/{one.Id}"))));
        await ForEachAsync(acknowledged, async one => book.Object(one.Compare(await api.PerformAsync(one.Request, 0, stop))));

        // Had a replay done anything, the numbers would not be the same.
        await ForEachAsync(tenants, CheckBudgetsAsync);
        await ForEachAsync(closed, CheckClosedAsync);
        return settled.Length + acknowledged.Length + (2 * tenants.Sum(tenant => tenant.Accounts.Count)) + closed.Count;
    }

    private async Task CheckBudgetsAsync(Tenant tenant)
    {
        foreach (var account in tenant.Accounts)
        {
            var answer = await GetBudgetAsync(account.Scope, Request.Unit);
            if (!answer.IsSuccess)
            {
                book.Object($"{account.Scope} cannot be read: {answer}");
                continue;
            }

            var objections = account.Compare(BudgetNumbers.Of(answer));
            if (objections.Count > 0)
            {
                var active = await api.PerformAsync(Request.Get("/v1/reservations?status=ACTIVE", tenant.Secret), 0, stop);
                var told = active.Body?["reservations"]?.AsArray().Select(row => $"{row!["reservation_id"]} {WasTold((string)row["reservation_id"]!)}");
                book.Object($"{string.Join("; ", objections)}; active: {string.Join(", ", told ?? [])}: {active.Body?["reservations"]?.ToJsonString()}");
            }
        }

        if (tenant.HasPeriods && BudgetNumbers.Of(await GetBudgetAsync($"tenant:{tenant.Id}", Tenant.PeriodUnit)) is var numbers
            && (numbers.Reserved != 0 || numbers.Debt != 0 || numbers.Spent > numbers.Allocated || numbers.Allocated != Tenant.PeriodAllocated))
        {
            book.Object($"the budget with periods of {tenant.Id} cannot be right: {numbers}");
        }
    }

    /// <summary>What its client was told of a reservation.</summary>
    private string WasTold(string id) =>
        book.Settled.FirstOrDefault(one => one.Id == id) is { } settled ? $"(was acknowledged as {settled.Status})"
        : book.Acknowledged.Any(one => (string?)one.Answer.Body?["reservation_id"] == id) ? "(was acknowledged)"
        : "(was never acknowledged)";

    private async Task CheckClosedAsync(string id)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var tenant = await GetAsync($"/v1/admin/tenants/{id}");
            var budget = await GetBudgetAsync($"tenant:{id}", Request.Unit);
            if ((string?)tenant.Body?["status"] == "CLOSED"
                && (string?)budget.Body?["status"] == "CLOSED" && BudgetNumbers.Of(budget) is { Reserved: 0, Spent: 0 })
            {
                return;
            }

            if (TimeProvider.System.GetElapsedTime(started) > CascadePatience)
            {
                book.Object($"{id} was closed, but is now {tenant} with {budget}");
                return;
            }

            await Task.Delay(Pause, stop);
        }
    }

    private Task<Answer> GetBudgetAsync(string scope, string unit) =>
        GetAsync($"/v1/admin/budgets/lookup?scope={Uri.EscapeDataString(scope)}&unit={unit}");

    private Task<Answer> GetAsync(string path) => api.PerformAsync(Request.Get(path), 0, stop);

    private static T[] Choose<T>(Random random, IReadOnlyCollection<T> all)
    {
        var items = all.ToArray();
        random.Shuffle(items);
        return items[..Math.Min(items.Length, MostReads)];
    }

    private Task ForEachAsync<T>(IEnumerable<T> items, Func<T, Task> check) => Parallel.ForEachAsync(
        items, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stop }, async (item, _) => await check(item));
}
