using Cycles.Chaos.Checks;

namespace Cycles.Chaos.Load;

/// <summary>One agent of a tenant: reserves 10, pauses, and releases or commits; what it spends it gives back as a credit.</summary>
internal sealed class Client(Api api, Book book, Tenant tenant, int index, int seed, int pauseMs, string unit)
{
    private const long Estimate = 10;
    private const int CommitsIn = 4;

    private readonly Random _random = new(seed);
    private int _lastKey;

    // A budget with periods is not accounted: what a period has spent is gone with it.
    private IReadOnlyList<Account> Accounts => unit == Request.Unit ? tenant.Accounts : [];

    /// <summary>Until told to stop; then it ends what it has begun. <paramref name="abandon"/> ends even that.</summary>
    public async Task RunAsync(CancellationToken stop, CancellationToken abandon)
    {
        while (!stop.IsCancellationRequested && !abandon.IsCancellationRequested)
        {
            await CycleAsync(abandon);
            await Task.Delay(_random.Next(pauseMs * 2), CancellationToken.None);
        }
    }

    private async Task CycleAsync(CancellationToken abandon)
    {
        var reserve = await PerformAsync(Request.Reserve(tenant.Secret, tenant.Deepest, Estimate, unit, NewKey("reserve")), abandon);
        if (!reserve.IsSuccess)
        {
            if (reserve.IsFinal && reserve.Error != "BUDGET_EXCEEDED")
            {
                book.Object($"a reserve of {tenant.Id} was refused: {reserve}");
            }

            return;
        }

        foreach (var account in Accounts)
        {
            book.Object(account.Reserved(Estimate));
        }

        await Task.Delay(_random.Next(pauseMs), CancellationToken.None);
        foreach (var account in Accounts)
        {
            account.SettlementSent(Estimate);
        }

        var id = (string)reserve.Body!["reservation_id"]!;
        if (_random.Next(CommitsIn) > 0)
        {
            Accept(await PerformAsync(Request.Release(tenant.Secret, id, NewKey("release")), abandon), id, "RELEASED");
            return;
        }

        var actual = _random.Next(1, (int)Estimate + 1);
        if (Accept(await PerformAsync(Request.Commit(tenant.Secret, id, actual, unit, NewKey("commit")), abandon), id, "COMMITTED"))
        {
            foreach (var account in Accounts)
            {
                account.Charged(actual);
            }

            foreach (var account in Accounts)
            {
                await CreditAsync(account, actual, abandon);
            }
        }
    }

    private async Task CreditAsync(Account account, long amount, CancellationToken abandon)
    {
        account.FundingSent(amount);
        var answer = await PerformAsync(Request.Fund(tenant.Id, account.Scope, "CREDIT", amount, NewKey("credit")), abandon);
        if (answer.IsFinal)
        {
            account.FundingAnswered(amount, answer.IsSuccess);
        }
    }

    private bool Accept(Answer answer, string reservationId, string status)
    {
        if (answer.IsSuccess)
        {
            book.Note(new Settled(reservationId, status));
        }
        else
        {
            book.Object($"reservation {reservationId} of {tenant.Id} could not be ended: {answer}");
        }

        return answer.IsSuccess;
    }

    private async Task<Answer> PerformAsync(Request request, CancellationToken abandon)
    {
        var answer = await api.PerformAsync(request, index, abandon);
        book.Note(request, answer);
        if (answer.IsSuccess)
        {
            tenant.Service.Served();
        }

        return answer;
    }

    private string NewKey(string operation) => $"{operation}-{unit}-{index}-{++_lastKey}";
}
