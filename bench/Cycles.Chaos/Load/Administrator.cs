using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Cycles.Chaos.Checks;

namespace Cycles.Chaos.Load;

/// <summary>What administrators do meanwhile: policies, bulk actions, new periods, and tenants that are made, used and closed.</summary>
internal sealed class Administrator(Api api, Book book, IReadOnlyList<Tenant> tenants, int seed)
{
    private const int Client = 1;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly Random _random = new(seed);
    private readonly ConcurrentQueue<string> _closed = [];
    private int _last;

    /// <summary>The tenants whose end was acknowledged.</summary>
    public IReadOnlyCollection<string> Closed => _closed;

    public async Task RunAsync(CancellationToken stop, CancellationToken abandon)
    {
        while (!stop.IsCancellationRequested && !abandon.IsCancellationRequested)
        {
            var tenant = tenants[_random.Next(tenants.Count)];
            try
            {
                await (_random.Next(4) switch
                {
                    0 => AddPolicyAsync(tenant, abandon),
                    1 => CreditAllAsync(tenant, abandon),
                    2 => SetPeriodAsync(tenant, abandon),
                    _ => CloseOneAsync(abandon),
                });
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(Pause, CancellationToken.None);
        }
    }

    private async Task AddPolicyAsync(Tenant tenant, CancellationToken abandon)
    {
        var body = new JsonObject { ["name"] = $"policy-{++_last}", ["scope_pattern"] = tenant.Deepest, ["priority"] = _last };
        var answer = await api.PerformAsync(Request.Post("/v1/admin/policies", tenant.Secret, body), Client, abandon);
        Expect("a policy", answer);
    }

    private async Task CreditAllAsync(Tenant tenant, CancellationToken abandon)
    {
        var request = Request.Post("/v1/admin/budgets/bulk-action", null, new JsonObject
        {
            ["filter"] = new JsonObject { ["tenant_id"] = tenant.Id, ["unit"] = Request.Unit },
            ["action"] = "CREDIT",
            ["amount"] = Request.Amount(1, Request.Unit),
            ["idempotency_key"] = $"bulk-{++_last}",
        });
        foreach (var account in tenant.Accounts)
        {
            account.FundingSent(1);
        }

        var answer = await api.PerformAsync(request, Client, abandon);
        Expect("a bulk action", answer);
        if (answer.IsSuccess && answer.Body!["succeeded"]!.AsArray().Count == tenant.Accounts.Count)
        {
            foreach (var account in tenant.Accounts)
            {
                account.FundingAnswered(1, accepted: true);
            }
        }
        else if (answer.IsFinal)
        {
            book.Object($"a bulk action on {tenant.Id} did not reach every budget: {answer}");
        }
    }

    /// <summary>A budget whose period ends soon, beside the path of the load.</summary>
    private Task SetPeriodAsync(Tenant tenant, CancellationToken abandon) => Tenant.CreateBudgetAsync(
        api,
        tenant.Id,
        $"tenant:{tenant.Id}/app:period-{++_last}",
        Request.Amount(Tenant.PeriodAllocated, Tenant.PeriodUnit),
        DateTimeOffset.UtcNow.AddSeconds(_random.Next(30, 60)),
        abandon);

    private async Task CloseOneAsync(CancellationToken abandon)
    {
        var id = $"gone-{++_last}";
        await Tenant.CreateAsync(api, id, abandon);
        await Tenant.CreateBudgetAsync(api, id, $"tenant:{id}", Request.Amount(100, Request.Unit), null, abandon);
        var secret = await Tenant.CreateKeyAsync(api, id, abandon);
        for (var reservation = 0; reservation < 3; reservation++)
        {
            Expect("a reserve", await api.PerformAsync(Request.Reserve(secret, $"tenant:{id}", 10, Request.Unit, $"r-{reservation}"), Client, abandon));
        }

        var close = new Request(HttpMethod.Patch, $"/v1/admin/tenants/{id}", null, """{"status":"CLOSED"}""", MayRepeat: true);
        var answer = await api.PerformAsync(close, Client, abandon);
        Expect("a close", answer);
        if (answer.IsSuccess)
        {
            _closed.Enqueue(id);
        }
    }

    private void Expect(string what, Answer answer)
    {
        if (answer.IsFinal && !answer.IsSuccess)
        {
            book.Object($"{what} was refused: {answer}");
        }
    }
}
