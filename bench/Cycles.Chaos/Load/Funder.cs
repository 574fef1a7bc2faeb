using Cycles.Chaos.Checks;

namespace Cycles.Chaos.Load;

/// <summary>Credits 1 to a tenant's deepest budget and debits it again; every second time without an idempotency key.</summary>
internal sealed class Funder(Api api, Book book, Tenant tenant, int index, int seed, int pauseMs)
{
    private readonly Random _random = new(seed);
    private int _lastKey;

    /// <summary>Until told to stop. <paramref name="abandon"/> ends even what it has begun.</summary>
    public async Task RunAsync(CancellationToken stop, CancellationToken abandon)
    {
        while (!stop.IsCancellationRequested && !abandon.IsCancellationRequested)
        {
            await FundAsync("CREDIT", 1, abandon);
            await Task.Delay(_random.Next(pauseMs * 2), CancellationToken.None);
            await FundAsync("DEBIT", -1, abandon);
            await Task.Delay(_random.Next(pauseMs * 2), CancellationToken.None);
        }
    }

    private async Task FundAsync(string operation, long change, CancellationToken abandon)
    {
        var account = tenant.Accounts[^1];
        var key = _random.Next(2) == 0 ? $"fund-{++_lastKey}" : null;
        var request = Request.Fund(tenant.Id, account.Scope, operation, 1, key);
        account.FundingSent(change);
        var answer = await api.PerformAsync(request, index, abandon);
        book.Note(request, answer);
        if (!answer.IsFinal)
        {
            // Without a key nobody can find out: it stays in doubt until the end.
            return;
        }

        account.FundingAnswered(change, answer.IsSuccess);
        if (answer.IsSuccess)
        {
            tenant.Service.Served();
        }
        else if (operation == "CREDIT" || answer.Error != "BUDGET_EXCEEDED")
        {
            book.Object($"{operation} of {tenant.Id} was refused: {answer}");
        }
    }
}
