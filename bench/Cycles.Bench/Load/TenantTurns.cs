using Cycles.Bench.Provisioning;
using Cycles.Bench.Report;
using Cycles.Bench.Rows;
using Cycles.Bench.Servers;

namespace Cycles.Bench.Load;

/// <summary>Compares tenants of one server: each is driven in turns of 2 s, in an order that changes, as the machine's mood does.</summary>
internal sealed class TenantTurns(Wrk wrk, ServerUnderTest server, Row row, TimeSpan warmUp, int rounds, TimeSpan? timeToLive = null)
{
    private static readonly TimeSpan UsualTimeToLive = TimeSpan.FromHours(1);
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(2);

    public async Task<TurnsResult> RunAsync(BenchTenant[] tenants, CancellationToken cancellation)
    {
        var plans = Array.ConvertAll(tenants, tenant => new LoadPlan(server.Address, row, [tenant], timeToLive ?? UsualTimeToLive));
        var planFile = Path.Combine(server.Folder, "plan.lua");
        var turns = Array.ConvertAll(tenants, _ => new List<Turn>());
        var all = new long[tenants.Length];
        string? problem = null;
        for (var tenant = 0; tenant < tenants.Length; tenant++)
        {
            await RunAsync(tenant, warmUp / tenants.Length);
        }

        Array.ForEach(turns, list => list.Clear());
        var random = new Random(1);
        for (var round = 0; round < rounds; round++)
        {
            var order = Enumerable.Range(0, tenants.Length).ToArray();
            random.Shuffle(order);
            foreach (var tenant in order)
            {
                await RunAsync(tenant, Slice);
            }
        }

        return new TurnsResult([.. turns.Zip(all, (list, done) => Compared(list, done))], rounds + 1, problem);

        async Task RunAsync(int tenant, TimeSpan duration)
        {
            var (serverBefore, redisBefore) = (server.Process.ProcessorTime, Redis());
            var result = await wrk.RunAsync(plans[tenant], planFile, row.Connections, duration, cancellation);
            problem ??= AnswerCheck.Find(row, result);
            var done = plans[tenant].ScriptCounts ? result.Succeeded : result.Requests;
            all[tenant] += done;
            turns[tenant].Add(new Turn(
                done / (result.DurationUs / 1e6), (server.Process.ProcessorTime - serverBefore).TotalMicroseconds / done, (Redis() - redisBefore).TotalMicroseconds / done));
        }

        TimeSpan Redis() => server.Redis?.Process.ProcessorTime ?? TimeSpan.Zero;
    }

    // The median: a checkpoint of the embedded store falls into somebody's slice.
    private static ComparedTenant Compared(List<Turn> turns, long done) =>
        new(Median(turns, turn => turn.PerSecond), Median(turns, turn => turn.ServerUs), Median(turns, turn => turn.RedisUs), done);

    private static double Median(List<Turn> turns, Func<Turn, double> measured) => Quantile.Of([.. turns.Select(measured).Order()], 0.5);

    private readonly record struct Turn(double PerSecond, double ServerUs, double RedisUs);
}

/// <summary>What the tenants came to, in their order.</summary>
/// <param name="Tenants">Each of them.</param>
/// <param name="Runs">How often wrk ran for each: each run may have cut off a request on each connection.</param>
/// <param name="Problem">What was not as wanted; null when all was.</param>
internal sealed record TurnsResult(IReadOnlyList<ComparedTenant> Tenants, int Runs, string? Problem);

/// <summary>Operations a second and what one takes of the processors, in microseconds, as medians; and how many there were in all, the warm-up among them.</summary>
internal sealed record ComparedTenant(double PerSecond, double ServerUs, double RedisUs, long Done);
