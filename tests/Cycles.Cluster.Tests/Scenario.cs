using System.Diagnostics;
using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Checks;
using Cycles.Cluster.Tests.Load;
using Cycles.Cluster.Tests.Model;

namespace Cycles.Cluster.Tests;

/// <summary>Tenants with budgets, the workers that load them, and the checks. CYCLES_TEST_SEED repeats the choices of a run.</summary>
internal sealed class Scenario
{
    private const int MostReplaysAtEnd = 4_000;

    private readonly ITestOutputHelper _output;
    private readonly ICyclesApi _api;
    private readonly List<Worker> _workers = [];
    private readonly Checker _checker;
    private int _checkedOperations;

    public Scenario(ITestOutputHelper output, ICyclesApi api, int tenants, int workersEach)
    {
        _output = output;
        _api = api;
        var seed = int.TryParse(Environment.GetEnvironmentVariable("CYCLES_TEST_SEED"), out var given) ? given : Random.Shared.Next();
        output.WriteLine($"CYCLES_TEST_SEED={seed}");
        Random = new Random(seed);
        Tenants = [.. Enumerable.Range(0, tenants).Select(tenant => new TenantModel($"tenant-{tenant}", workersEach))];
        foreach (var tenant in Tenants)
        {
            _workers.AddRange(Enumerable.Range(0, workersEach).Select(
                index => new Worker(api, Book, Progress, tenant, index, Random.Next())));
        }

        _checker = new Checker(api, Book, Tenants, output.WriteLine);
    }

    public Random Random { get; }

    public Book Book { get; } = new();

    public Progress Progress { get; } = new();

    public IReadOnlyList<TenantModel> Tenants { get; }

    /// <summary>The number in an environment variable, for longer runs than the usual one.</summary>
    public static int CountFrom(string variable, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out var count) ? count : usual;

    public void Note(string line) => _output.WriteLine(line);

    /// <summary>Makes the tenants; <paramref name="useKey"/> learns each tenant's secret.</summary>
    public async Task ProvisionAsync(Action<string, string> useKey)
    {
        foreach (var tenant in Tenants)
        {
            useKey(tenant.Id, await Provisioning.CreateAsync(_api, tenant));
        }
    }

    /// <summary>All workers at once, until told to stop; those that do not retry also end when the server does not answer.</summary>
    public Task LoadAsync(bool retries, CancellationToken stop) =>
        Task.WhenAll(_workers.Select(worker => Task.Run(() => worker.RunAsync(retries, stop), CancellationToken.None)));

    /// <summary>
    /// Loads the server, lets <paramref name="fail"/> break something, and goes on until every tenant is served again; then checks. The
    /// workers repeat what is not answered, each only after its request has come to an end; probes find out when new requests are
    /// served, whatever became of the old ones. Then <paramref name="mend"/> may bring back what was broken.
    /// </summary>
    public async Task RunWithFailureAsync(
        string failure, TimeSpan limit, TimeSpan loadAfterRecovery, Func<Task> fail, Action? mend = null)
    {
        using var stop = new CancellationTokenSource();
        Progress.Restart();
        var load = LoadAsync(retries: true, stop.Token);
        await Task.Delay(Random.Next(1_000, 2_000));
        await fail();
        var recoveries = await Task.WhenAll(Tenants.Select(tenant => new Probe(_api, Book, tenant).RunAsync(limit)));
        mend?.Invoke();
        await Task.Delay(loadAfterRecovery);
        await stop.CancelAsync();
        await load;
        Note($"{failure}: new requests of the tenants are served after {string.Join(", ", recoveries.Select(time => $"{time?.TotalMilliseconds:F0}"))} ms; "
            + $"the longest wait of a client was {Progress.LongestWait.TotalMilliseconds:F0} ms; unanswered: {Progress.Failures()}");
        Assert.All(recoveries, time => Assert.True(time is not null, $"{failure}: a tenant is not served again within {limit}"));
        await CheckAsync(failure);
    }

    /// <summary>
    /// Everything acknowledged is there; then what is in doubt is sent again and settles once; then all numbers are exact, and every
    /// operation since the last check has the same answer again.
    /// </summary>
    public async Task CheckAsync(string when)
    {
        var watch = Stopwatch.StartNew();
        var recent = Book.Operations.Skip(_checkedOperations).ToArray();
        await _checker.VerifyAsync($"{when}, before anything is sent again");
        await _checker.GetAsync(recent.Select(operation => operation.Reservation).OfType<ReservationModel>().Distinct());
        var inDoubt = await _checker.SettleAsync();
        await _checker.ReplayAsync(recent);
        await _checker.VerifyAsync($"{when}, after {inDoubt} operations in doubt were settled");
        _checkedOperations = Book.Operations.Count;
        Note($"{when}: {recent.Length} operations since the last check, {inDoubt} in doubt; checked in {watch.ElapsedMilliseconds} ms");
    }

    /// <summary>Ends all reservations, waits for the others to lapse, and checks that nothing is held any more and nothing was lost.</summary>
    public async Task FinishAsync()
    {
        await _checker.SettleAsync();
        await Task.WhenAll(_workers.Select(worker => worker.EndAsync()));
        await _checker.ReplayAsync(Book.Operations.Count <= MostReplaysAtEnd
            ? Book.Operations
            : Random.GetItems(Book.Operations.ToArray(), MostReplaysAtEnd));
        await _checker.VerifyAllEndedAsync();
        Note($"{Book.Operations.Count} operations, {Book.Operations.Count(operation => operation.IsAcknowledged)} acknowledged, "
            + $"{Book.Reservations.Count} reservations, {Book.Operations.Count(operation => operation.WasEverInDoubt)} were once in doubt");
    }
}
