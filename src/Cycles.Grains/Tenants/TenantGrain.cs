using System.Diagnostics;
using Cycles.Contracts.Addressing;
using Cycles.Contracts.Decisions;
using Cycles.Contracts.Events;
using Cycles.Contracts.Reservations;
using Cycles.Contracts.Store;
using Cycles.Contracts.Tenants;
using Cycles.Grains.Admission;
using Cycles.Grains.Boards;
using Cycles.Grains.Budgets;
using Cycles.Grains.Cluster;
using Cycles.Grains.Limits;
using Cycles.Grains.Peers;
using Cycles.Grains.Placement;
using Cycles.Grains.Records;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;
using Cycles.Grains.Waits;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Scopes;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Cycles.Grains.Tenants;

// Reentrant: thousands of requests of one tenant pass through at a time. What they read changes only between awaits; what changes it
// (the other half of this class) runs one at a time.
[Reentrant, TenantPlacement]
internal sealed partial class TenantGrain(
    IGrainFactory grains,
    RedisStore store,
    SiloStanding standing,
    ScopeBoard scopes,
    LedgerBoard ledgers,
    CommitLimitBoard commitLimits,
    StoreClock clock,
    IOptions<StoreOptions> options,
    TimeProvider time)
    : Grain, ITenantGrain, ITenantAdminGrain, ITenantPeerGrain
{
    private readonly LaterAttempts _later = new();
    private ILedgerGrain _ledger = null!;
    private LoadedTenant? _loaded;
    private Task<LoadedTenant>? _loading;

    private string TenantId => this.GetPrimaryKeyString();

    private TenantKeys Keys => new(TenantId);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _ledger = grains.Get<ILedgerGrain>(TenantId);
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        commitLimits.Withdraw(TenantId);
        return Task.CompletedTask;
    }

    public async ValueTask<ReserveReply> Reserve(ReserveCommand command)
    {
        // A retry that overtakes the first request is a replay once that is through: nothing is refused from memory meanwhile.
        var isAlone = _reserving.TryAdd(command.Id, false);
        try
        {
            return await ReserveAsync(command, isAlone);
        }
        finally
        {
            if (isAlone)
            {
                _reserving.Remove(command.Id);
            }
        }
    }

    public ValueTask<DecideReply> Decide(DecideCommand command) => RepeatAsync(
        async () =>
        {
            var admission = Throttle(await AdmitAsync(new AdmissionRequest(command.Scopes, command.Estimate.Unit)));
            return (await grains.Get<IDecisionGrain>(Buckets.KeyOf(command.Id)).Decide(command, admission), admission.Epoch);
        },
        reply => reply.IsConflict);

    public ValueTask<EventReply> Apply(EventCommand command) => RepeatAsync(
        async () =>
        {
            _later.Pass(command.Attempt);
            var admission = await AdmitAsync(new AdmissionRequest(command.Scopes, command.Actual.Unit, command.OveragePolicy));
            return (await grains.Get<IEventGrain>(Buckets.KeyOf(command.Id)).Apply(command, admission), admission.Epoch);
        },
        reply => reply.IsConflict);

    private ValueTask<ReserveReply> ReserveAsync(ReserveCommand command, bool isAlone) => RepeatAsync(
        async () =>
        {
            var admission = await AdmitAsync(
                new AdmissionRequest(command.Scopes, command.Estimate.Unit, command.OveragePolicy, command.TtlMs));
            admission = command.DryRun ? Throttle(admission) : ThrottleReserve(command.Id, isAlone, admission);

            // An earlier attempt may wait at the reservation: there it is passed over once this one was there.
            var mayRefuse = !command.DryRun && isAlone && !command.Attempt.IsRepetition;
            var refused = mayRefuse && RefuseFromMemory(command, admission) is { } problem ? ReserveReply.Refused(problem) : (ReserveReply?)null;
            return (refused ?? await grains.GetReservationPeer(command.Id).Reserve(command, admission), admission.Epoch);
        },
        reply => reply.IsConflict);

    /// <summary>Runs an operation, and again on fresh state while it conflicts with an older one.</summary>
    /// <param name="attempt">Answers, and says under which epoch of this grain's state it was admitted.</param>
    /// <param name="isConflict">Whether an answer is a conflict; the outcome of that attempt may be in doubt.</param>
    private async ValueTask<T> RepeatAsync<T>(Func<ValueTask<(T Reply, long Epoch)>> attempt, Func<T, bool> isConflict)
    {
        var began = Stopwatch.GetTimestamp();
        for (var count = 1; ; count++)
        {
            try
            {
                var (reply, epoch) = await attempt();
                if (!isConflict(reply))
                {
                    return reply;
                }

                if (Stopwatch.GetElapsedTime(began) > Retries.Patience)
                {
                    throw new StoreInDoubtException("the operation is in conflict, and its caller waits no longer");
                }

                await ReloadIfStaleAsync(epoch, count);
            }
            catch (StoreUnavailableException exception) when (count > 1)
            {
                throw Retries.InDoubt(exception);
            }
        }
    }

    private async ValueTask<Peers.Admission> AdmitAsync(AdmissionRequest request)
    {
        var loaded = await LoadedAsync();
        return loaded.State is { } state
            ? AdmissionRules.Admit(state, loaded.Epoch, request, clock.Now)
            : new Peers.Admission { Epoch = loaded.Epoch, Problem = new Problem(ErrorCode.NotFound, $"Tenant not found: {TenantId}") };
    }

    /// <summary>
    /// The refusal that is certain already: a runaway agent that hammers an empty budget makes no grain and touches no storage. Null when
    /// the request must be looked at in full.
    /// </summary>
    private Problem? RefuseFromMemory(ReserveCommand command, Peers.Admission admission)
    {
        // What was admitted rests on that state, and a refusal must rest on the same term of the ledger.
        if (_loaded is not { } loaded || loaded.Epoch != admission.Epoch
            || (admission.Problem ?? RefusalOnBoard(command, admission.Budgeted, loaded.Term)) is not { } problem)
        {
            return null;
        }

        return ledgers.MayRefuse(TenantId, loaded.Term, command.Id, clock.NowMs) ? problem : null;
    }

    private Problem? RefusalOnBoard(ReserveCommand command, ScopePath[] budgeted, long term)
    {
        var refusals = new Refusal[budgeted.Length];
        for (var i = 0; i < budgeted.Length; i++)
        {
            if (!scopes.TryGet(budgeted[i], command.Estimate.Unit, term, out var state))
            {
                return null;
            }

            refusals[i] = state.CheckReserve(command.Estimate.Value);
        }

        var (refusal, at) = PathRefusal.First(refusals);
        if (refusal == Refusal.None)
        {
            return null;
        }

        Telemetry.Denied(refusal);
        return refusal.ToProblem(budgeted[at]);
    }

    private ValueTask<LoadedTenant> LoadedAsync() =>
        _loaded is { } loaded && ledgers.IsCurrent(TenantId, loaded.Term) ? new(loaded) : new(LoadedSlowlyAsync());

    private async Task<LoadedTenant> LoadedSlowlyAsync()
    {
        await standing.RequireMemberAsync();
        if (_loaded is { } known)
        {
            if (await IsCurrentAsync(known.Epoch) && _loaded == known)
            {
                return known;
            }

            Forget(known);
        }

        return _loaded ?? await (_loading ??= LoadAsync());
    }

    private async Task<LoadedTenant> LoadAsync()
    {
        // The field must be set before this can end.
        await Task.Yield();
        try
        {
            var opened = await Retries.OnFreshStateAsync(_ledger.OpenTenant);
            var loaded = _loaded = new LoadedTenant(StateOf(opened), opened.Epoch, opened.Term);
            commitLimits.Publish(TenantId, loaded.State?.LimitsCommits ?? false);
            await ResumeCloseAsync(loaded);
            return loaded;
        }
        finally
        {
            _loading = null;
        }
    }

    private static TenantState? StateOf(OpenedTenant opened)
    {
        if (opened.Tenant is not { } tenant)
        {
            return null;
        }

        var state = new TenantState(TenantRecords.Parse(tenant));
        foreach (var budget in opened.Budgets)
        {
            state.PutBudget(GrainJson.Read(budget, GrainJson.Default.BudgetRecord));
        }

        foreach (var policy in opened.Policies)
        {
            state.PutPolicy(GrainJson.Read(policy, GrainJson.Default.Policy));
        }

        foreach (var key in opened.ApiKeys)
        {
            state.PutKey(GrainJson.Read(key, GrainJson.Default.ApiKeyRecord));
        }

        state.Close = opened.Close is { } close ? GrainJson.Read(close, GrainJson.Default.TenantClose) : null;
        return state;
    }

    /// <summary>Drops a state that turned out to be old; another that was read since stays.</summary>
    private void Forget(LoadedTenant? loaded)
    {
        if (_loaded == loaded)
        {
            _loaded = null;
        }
    }

    private async ValueTask ReloadIfStaleAsync(long epoch, int attempt)
    {
        await Retries.PauseAsync(attempt);
        if (_loaded is { } loaded && loaded.Epoch == epoch && !await IsCurrentAsync(epoch))
        {
            Forget(loaded);
        }
    }

    private async ValueTask<bool> IsCurrentAsync(long epoch)
    {
        try
        {
            return await _ledger.IsTenantCurrent(epoch);
        }
        catch (StoreInDoubtException)
        {
            // The ledger that gave out the epoch has ended.
            return false;
        }
    }
}
