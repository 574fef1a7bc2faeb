using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Model;

namespace Cycles.Cluster.Tests.Checks;

/// <summary>Checks the server against the book while no load runs.</summary>
internal sealed class Checker(ICyclesApi api, Book book, IReadOnlyList<TenantModel> tenants, Action<string> note)
{
    private const int AtOnce = 8;
    private const int MostShown = 30;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan SweepPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan SettlePatience = TimeSpan.FromSeconds(60);

    /// <summary>Everything acknowledged is there, and no number says anything else.</summary>
    public Task VerifyAsync(string when) => VerifyAsync(when, _ => []);

    /// <summary>As <see cref="VerifyAsync(string)"/>, and nothing is held any more once everything that was left to itself has lapsed.</summary>
    public async Task VerifyAllEndedAsync()
    {
        var lastLapseMs = book.Reservations.Values
            .Where(reservation => reservation.Id is not null && reservation.Settlement is null)
            .Max(reservation => (long?)reservation.LapsesAtMs()) ?? 0;
        await Task.Delay(TimeSpan.FromMilliseconds(Math.Max(0, lastLapseMs - Book.NowMs)) + SweepPause);
        await VerifyAsync("at the end", snapshot => snapshot.Budgets
            .Where(budget => budget.Reserved != 0)
            .Select(budget => $"something is still held: {budget}"));
    }

    /// <summary>Sends what is in doubt again, under the same key, until it is settled.</summary>
    /// <returns>How many operations were in doubt.</returns>
    public async Task<int> SettleAsync()
    {
        var inDoubt = book.Operations.Where(operation => operation.IsInDoubt).ToArray();
        await Parallel.ForEachAsync(
            inDoubt, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (operation, _) => await SettleAsync(operation));
        return inDoubt.Length;
    }

    /// <summary>Sends settled operations again: under the same key everything has the same answer.</summary>
    public Task ReplayAsync(IEnumerable<Operation> operations) => Parallel.ForEachAsync(
        operations.Where(operation => operation.IsAcknowledged),
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
        async (operation, _) => book.Replayed(operation, await api.SendUntilAnsweredAsync(operation.Request)));

    /// <summary>GET shows every reservation as the book has it.</summary>
    public Task GetAsync(IEnumerable<ReservationModel> reservations) => Parallel.ForEachAsync(
        reservations.Where(reservation => reservation is { Id: not null, InDoubt: null }),
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
        async (reservation, _) =>
        {
            var request = ApiRequest.Get($"/v1/reservations/{reservation.Id}", reservation.TenantId);
            var answer = await api.SendUntilAnsweredAsync(request);
            var isRight = reservation.Settlement switch
            {
                { Kind: OperationKind.Commit, Answer: { } committed } =>
                    (string?)answer.Body?["status"] == "COMMITTED" && answer.Amount("committed") == committed.Amount("charged"),
                { Kind: OperationKind.Release } => (string?)answer.Body?["status"] == "RELEASED",
                _ when answer.Error == "RESERVATION_EXPIRED" => Book.NowMs > reservation.LapsesAtMs() - 250,
                _ => !reservation.IsExpired && (string?)answer.Body?["status"] == "ACTIVE"
                    && (long)answer.Body["expires_at_ms"]! == reservation.ExpiresAtMs,
            };
            if (!isRight)
            {
                book.Object($"GET {request.Path}: {answer}; acknowledged: {reservation.Settlement?.Answer}, lapses at {reservation.LapsesAtMs()}");
            }
        });

    private async Task VerifyAsync(string when, Func<Snapshot, IEnumerable<string>> more)
    {
        var giveUpAtMs = Book.NowMs + (long)Patience.TotalMilliseconds;
        while (true)
        {
            var differences = new List<string>(book.Objections);
            foreach (var tenant in tenants)
            {
                var snapshot = await Snapshot.TakeAsync(api, tenant);
                differences.AddRange(new Comparison(tenant, book, snapshot).Run());
                differences.AddRange(more(snapshot));
            }

            if (differences.Count == 0)
            {
                return;
            }

            // Holds may lapse a little late; what is lost or wrong stays so.
            if (book.Objections.Count > 0 || Book.NowMs > giveUpAtMs)
            {
                Assert.Fail($"{when}: {differences.Count} differences\n  {string.Join("\n  ", differences.Take(MostShown))}");
            }

            note($"{when}: {differences.Count} differences for now, such as {differences[0]}");
            await Task.Delay(LookAgainAfter);
        }
    }

    private async Task SettleAsync(Operation operation)
    {
        var giveUpAtMs = Book.NowMs + (long)SettlePatience.TotalMilliseconds;
        while (true)
        {
            var answer = await api.SendAsync(operation.Request);
            if (answer.IsFinal)
            {
                operation.WasUnanswered = false;
                book.Answered(operation, answer);
                return;
            }

            if (Book.NowMs > giveUpAtMs)
            {
                book.Object(operation, $"cannot be settled: {answer}");
                return;
            }

            await Task.Delay(200);
        }
    }
}
