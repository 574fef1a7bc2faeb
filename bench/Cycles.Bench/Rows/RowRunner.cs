using Cycles.Bench.Load;
using Cycles.Bench.Processes;
using Cycles.Bench.Provisioning;
using Cycles.Bench.Servers;

namespace Cycles.Bench.Rows;

/// <summary>
/// Measures one row on a server of its own. Every row starts on empty data and ends before its first reservation expires
/// (they live 60 s), so that no row pays for what another left behind.
/// </summary>
internal sealed class RowRunner(ServerLauncher launcher, Wrk wrk, WarmUp warmUp, TimeSpan duration)
{
    private static readonly TimeSpan Breath = TimeSpan.FromSeconds(1);

    public async Task<RowResult> RunAsync(Row row, CancellationToken cancellation)
    {
        await using var server = await launcher.StartAsync(row.Store, cancellation);
        using var admin = new AdminPlane(server.Address, server.AdminKey);
        var tenants = await Provisioner.ProvisionAsync(admin, row, cancellation);
        var plan = new LoadPlan(server.Address, row, tenants);
        var planFile = Path.Combine(server.Folder, "plan.lua");

        var warm = await warmUp.RunAsync(server, plan, planFile, row.Connections, cancellation);
        await Task.Delay(Breath, cancellation);

        var machineBefore = MachineClock.Now();
        var serverBefore = server.Process.ProcessorTime;
        var redisBefore = server.Redis?.Process.ProcessorTime;
        var load = await wrk.RunAsync(plan, planFile, row.Connections, duration, cancellation);
        var serverTime = server.Process.ProcessorTime - serverBefore;
        var redisTime = server.Redis?.Process.ProcessorTime - redisBefore;
        var own = serverTime + (redisTime ?? TimeSpan.Zero) + TimeSpan.FromMicroseconds(load.ClientCpuUs);
        var othersShare = MachineClock.Now().OthersShareSince(machineBefore, own);

        WrkResult[] runs = [.. warm, load];
        var problem = runs.Select(run => AnswerCheck.Find(row, run)).FirstOrDefault(found => found is not null)
            ?? await LedgerCheck.FindAsync(admin, row, tenants, runs.Sum(Done), runs.Length, cancellation);
        return new RowResult
        {
            Row = row,
            Operations = Done(load),
            Load = load,
            ServerProcessorTime = serverTime,
            RedisProcessorTime = redisTime,
            OthersShare = othersShare,
            Problem = problem,
        };

        long Done(WrkResult result) => plan.ScriptCounts ? result.Succeeded : result.Requests - result.ErrorStatuses;
    }
}
