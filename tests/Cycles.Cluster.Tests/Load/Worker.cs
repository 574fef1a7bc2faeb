using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Model;

namespace Cycles.Cluster.Tests.Load;

/// <summary>
/// One client: one operation after the other, chosen by its own seeded randomness. Some operations are sent twice at once, and some old
/// ones again.
/// </summary>
internal sealed class Worker(ICyclesApi api, Book book, Progress progress, TenantModel tenant, int index, int seed)
{
    private const int MostOpen = 12;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(200);

    private readonly Random _random = new(seed);
    private readonly List<ReservationModel> _open = [];
    private readonly List<Operation> _settled = [];
    private int _lastKey;
    private ReservationModel? _privateHold;

    /// <summary>Works until it is told to stop, or, when it does not retry, until the server does not answer.</summary>
    public async Task RunAsync(bool retries, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var operation = Next();
            book.Begin(operation);
            if (!await PerformAsync(operation, retries, stop))
            {
                return;
            }

            if (operation.IsAcknowledged)
            {
                _settled.Add(operation);
            }

            await ThinkAsync();
        }
    }

    /// <summary>Ends every reservation that it still knows of, so that nothing stays held but what lapses soon.</summary>
    public async Task EndAsync()
    {
        _open.RemoveAll(reservation => !reservation.IsUsable);
        if (_privateHold is { IsUsable: true } hold)
        {
            _open.Add(hold);
        }

        foreach (var reservation in _open)
        {
            var operation = Requests.Release(NewKey("release"), reservation);
            book.Begin(operation);
            await PerformAsync(operation, retries: true, CancellationToken.None);
        }

        _open.Clear();
    }

    private Operation Next()
    {
        _open.RemoveAll(reservation => !reservation.IsUsable && reservation.InDoubt is null);
        return _random.Next(100) switch
        {
            < 30 when _open.Count < MostOpen => ReserveShared(),
            < 60 when _open.FindAll(reservation => reservation.IsUsable) is { Count: > 0 } usable => About(usable[_random.Next(usable.Count)]),
            < 68 => Requests.Event(NewKey("event"), Pick(tenant.Shared), _random.Next(1, 400), Pick(OveragePolicies.All)),
            < 72 => Requests.Event(NewKey("event"), tenant.Debt, _random.Next(1, 400), OveragePolicies.AllowWithOverdraft),
            < 78 => Requests.Credit(NewKey("credit"), Pick(Pick(tenant.Shared)[1..]), _random.Next(1, 3_000)),
            _ => OnPrivate(),
        };
    }

    private Operation ReserveShared()
    {
        // About half lapse on their own if nobody ends them within a second or two.
        var isShort = _random.Next(2) == 0;
        var operation = Requests.Reserve(
            NewKey("reserve"),
            Pick(tenant.Shared),
            _random.Next(1, 500),
            Pick(OveragePolicies.All),
            isShort ? _random.Next(1_000, 2_000) : 600_000,
            isShort ? _random.Next(0, 500) : 5_000);
        if (!isShort || _random.Next(3) > 0)
        {
            _open.Add(operation.Reservation!);
        }

        return operation;
    }

    private Operation About(ReservationModel reservation) => _random.Next(10) switch
    {
        < 6 => Requests.Commit(NewKey("commit"), reservation, Actual(reservation.Estimate)),
        < 9 => Requests.Release(NewKey("release"), reservation),
        _ when reservation.WasExtended => Requests.Release(NewKey("release"), reservation),
        _ => Requests.Extend(NewKey("extend"), reservation, _random.Next(1, 1_000)),
    };

    /// <summary>The next operation on the budget that is this worker's alone; now and then one that must be refused.</summary>
    private Operation OnPrivate()
    {
        var path = tenant.Private[index];
        var account = path[^1].Account!;
        if (_privateHold is { IsUsable: true } hold)
        {
            return About(hold);
        }

        if (account.RefusalOf(500) is not null && _random.Next(4) > 0)
        {
            return Requests.Credit(NewKey("credit"), path[^1], _random.Next(1_000, 10_000));
        }

        if (_random.Next(3) == 0)
        {
            return Requests.Event(NewKey("event"), path, _random.Next(1, 4_000), Pick(OveragePolicies.All));
        }

        var operation = Requests.Reserve(
            NewKey("reserve"), path, _random.Next(1, 4_000), Pick(OveragePolicies.All), ttlMs: 600_000, graceMs: 5_000);
        _privateHold = operation.Reservation;
        return operation;
    }

    private async Task<bool> PerformAsync(Operation operation, bool retries, CancellationToken stop)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await SendAsync(operation);
            if (answer.IsFinal)
            {
                book.Answered(operation, answer);
                progress.Answered(started);
                return true;
            }

            Book.Unanswered(operation);
            progress.Unanswered(answer);
            if (!retries || stop.IsCancellationRequested)
            {
                return false;
            }

            await Task.Delay(RetryAfter, CancellationToken.None);
        }
    }

    private async Task<Answer> SendAsync(Operation operation)
    {
        if (_random.Next(20) > 0)
        {
            return await api.SendAsync(operation.Request);
        }

        var answers = await Task.WhenAll(api.SendAsync(operation.Request), api.SendAsync(operation.Request));
        if (!answers.All(answer => answer.IsFinal))
        {
            Book.Unanswered(operation);
        }

        var accepted = Array.Find(answers, answer => answer.IsSuccess);
        foreach (var other in answers.Where(answer => accepted is not null && answer.IsFinal && !answer.IsReplayOf(accepted)))
        {
            // Refused first for want of budget and then accepted is possible where others give back meanwhile; nothing else is.
            if (other.IsSuccess || operation.Account is not null || other.Error is not ("BUDGET_EXCEEDED" or "OVERDRAFT_LIMIT_EXCEEDED"))
            {
                book.Object(operation, $"sent twice at once, was answered {accepted} and {other}");
            }
        }

        return accepted ?? Array.Find(answers, answer => answer.IsFinal) ?? answers[0];
    }

    private async Task ThinkAsync()
    {
        if (_settled.Count > 0 && _random.Next(50) == 0)
        {
            var operation = Pick(_settled);
            if (await api.SendAsync(operation.Request) is { IsFinal: true } answer)
            {
                book.Replayed(operation, answer);
            }
        }

        await Task.Delay(_random.Next(1, 30), CancellationToken.None);
    }

    private long Actual(long estimate) => _random.Next(3) switch
    {
        0 => _random.NextInt64(estimate),
        1 => estimate,
        _ => estimate + _random.Next(1, 400),
    };

    private T Pick<T>(IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];

    private string NewKey(string operation) => $"{operation}-{tenant.Id}-{index}-{++_lastKey}";
}
