using Cycles.Contracts.Addressing;
using Cycles.Contracts.Scopes;
using Cycles.Contracts.Store;
using Cycles.Grains.Boards;
using Cycles.Grains.Budgets;
using Cycles.Grains.Cluster;
using Cycles.Grains.Peers;
using Cycles.Grains.Placement;
using Cycles.Grains.Scheduling;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;
using Cycles.Grains.Waits;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Scopes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Cycles.Grains.Scopes;

// Reentrant, so that locks can be completed while others wait for them. The state changes only between awaits, in BudgetLocks.
[Reentrant, TenantPlacement]
internal sealed partial class ScopeGrain(
    IGrainFactory grains,
    ILocalSiloDetails silo,
    ScopeBoard board,
    LedgerBoard ledgers,
    SiloStanding standing,
    StoreClock clock,
    IOptions<StoreOptions> options,
    ILogger<ScopeGrain> logger)
    : Grain, IScopeGrain, IScopeAdminGrain, IEndsWaits
{
    private static readonly TimeSpan CheckLeasesEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ValidateAfter = TimeSpan.FromSeconds(1);

    private readonly int _silo = silo.SiloAddress.GetConsistentHashCode();
    private readonly GivenUpLocks _givenUp = new();
    private Dictionary<Unit, BudgetLocks> _budgets = [];
    private ScopePath _scope;
    private ILedgerGrain _ledger = null!;
    private long _epoch;
    private Task? _loading;
    private Task? _verifying;
    private bool _isLoaded;
    private bool _isEnding;
    private long _validatedAtMs;
    private long _term;
    private BusyTimer _leaseTimer = null!;

    // How long a lock is held before its coordinator counts as lost, and the scope reloads. No number depends on its being long enough: the reload
    // ends the epoch, so what the ledger has not accepted by then conflicts, and waits for what it has accepted to be durable or in doubt before it
    // reads. That holds as well for the batches of a store so slow that the group commit takes longer than this to give one up. Too short would
    // cost reloads, and too long keeps others waiting for a lock that nobody ends: a coordinator on a store that answers within its timeout waits
    // for the batch before its own and for its own. A lock whose coordinator died with its silo ends sooner (LostCoordinators).
    private TimeSpan Lease => options.Value.Timeout * 3;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _scope = ScopePath.FromCanonical(this.GetPrimaryKeyString());
        _ledger = grains.Get<ILedgerGrain>(_scope.TenantId);
        _leaseTimer = new BusyTimer(this, CheckLeasesEvery, EndLapsedLocks);
        return LoadedAsync().AsTask();
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Forget();
        return Task.CompletedTask;
    }

    public void EndWaits()
    {
        _isEnding = true;
        foreach (var budget in _budgets.Values)
        {
            budget.EndWaits();
        }
    }

    public ValueTask<LockReply> Lock(LockRequest request) => LockAsync(request, isReread: false);

    private async ValueTask<LockReply> LockAsync(LockRequest request, bool isReread)
    {
        await LoadedAsync();
        await RolledOverAsync(request.Unit);
        await LoadedAsync();
        if (_givenUp.Take(request.LockId))
        {
            throw new StoreUnavailableException("the operation was given up before it got its lock");
        }

        LockReply reply;
        if (_budgets.TryGetValue(request.Unit, out var budget))
        {
            _leaseTimer.Start();
            reply = await budget.LockAsync(request, clock.NowMs) with { Silo = _silo };
        }
        else
        {
            reply = new LockReply(Refusal.NoBudget, _epoch, default, _silo);
        }

        var epoch = reply.Epoch;
        if (reply.Refusal == Refusal.Stale)
        {
            // The second time it is the coordinator that has missed something: it reads its reservation again.
            isReread = !isReread ? true : throw new StoreInDoubtException($"what scope {_scope} is to give back is not held there");
        }
        else if (reply.Refusal == Refusal.None || await IsCurrentAsync())
        {
            return reply;
        }

        // The refusal rested on numbers that another activation has taken over. Others may have found that out before, and reloaded.
        Forget(epoch);
        return await LockAsync(request, isReread);
    }

    public ValueTask CompleteAll(LockCompletion[] completions)
    {
        foreach (var (lockId, unit, outcome, decided) in completions)
        {
            Complete(lockId, unit, outcome, decided);
        }

        return default;
    }

    public ValueTask CompleteAndAnswer(LockCompletion[] completions) => CompleteAll(completions);

    public ValueTask Complete(long lockId, Unit unit, LockOutcome outcome, BudgetDelta? decided = null)
    {
        if (!_isLoaded || !_budgets.TryGetValue(unit, out var budget))
        {
            GiveUp(lockId, outcome);
            return default;
        }

        // Only for a lock of this epoch: of the many operations that one reload fails, the first reloads and the others find it done.
        var isOfThisEpoch = budget.Holds(lockId);
        if (!isOfThisEpoch && !budget.Awaits(lockId))
        {
            GiveUp(lockId, outcome);
        }

        if (outcome == LockOutcome.InDoubt && isOfThisEpoch)
        {
            Forget();
            return default;
        }

        if (outcome == LockOutcome.Conflicted && isOfThisEpoch)
        {
            _verifying ??= VerifyAsync(_epoch);
        }

        budget.Complete(lockId, outcome, decided, clock.NowMs);
        if (outcome == LockOutcome.Applied)
        {
            _validatedAtMs = clock.NowMs;
            board.Publish(_scope, unit, budget.Durable, _term);
        }

        return default;
    }

    /// <summary>What is given up may have been overtaken by that: the lock that comes later would be held for nobody.</summary>
    private void GiveUp(long lockId, LockOutcome outcome)
    {
        if (outcome == LockOutcome.Abandoned)
        {
            _givenUp.Add(lockId);
        }
    }

    public async ValueTask<Budget[]> Read()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await LoadedAsync();
                foreach (var unit in UnitNames.All)
                {
                    await RolledOverAsync(unit);
                }

                await LoadedAsync();
                var epoch = _epoch;
                if (await IsCurrentAsync())
                {
                    return [.. UnitNames.All.Where(_budgets.ContainsKey).Select(unit => ToBudget(_budgets[unit]))];
                }

                Forget(epoch);
            }
            catch (StoreInDoubtException) when (attempt < Retries.Most)
            {
                await Retries.PauseAsync(attempt);
            }
        }
    }

    private ValueTask LoadedAsync() => _isLoaded && _verifying is null ? default : new(LoadedSlowlyAsync());

    private async Task LoadedSlowlyAsync()
    {
        if (_verifying is { } verifying)
        {
            await verifying;
        }

        if (!_isLoaded)
        {
            await (_loading ??= LoadAsync());
        }
    }

    private async Task LoadAsync()
    {
        try
        {
            var opened = await Retries.OnFreshStateAsync(() => _ledger.OpenScope(_scope));
            (_epoch, _term) = (opened.Epoch, opened.Term);
            _budgets = opened.Budgets.ToDictionary(
                budget => budget.Record.Unit, budget => new BudgetLocks(budget.Record, budget.State, opened.Epoch));
            _isLoaded = true;
            if (_isEnding)
            {
                EndWaits();
            }

            _validatedAtMs = clock.NowMs;
            foreach (var budget in opened.Budgets)
            {
                board.Publish(_scope, budget.Record.Unit, budget.State, _term);
            }
        }
        finally
        {
            _loading = null;
        }
    }

    /// <summary>Drops what was read under an epoch; what was read since stays.</summary>
    private void Forget(long epoch)
    {
        if (_epoch == epoch)
        {
            Forget();
        }
    }

    /// <summary>Drops what is known. The next request reloads under a new epoch; locks of the old one can no longer commit.</summary>
    private void Forget()
    {
        _isLoaded = false;
        foreach (var (unit, budget) in _budgets)
        {
            board.Withdraw(_scope, unit);
            budget.FailWaiters(new StoreInDoubtException($"scope {_scope} reloads"));
        }

        _budgets = [];
    }

    /// <summary>After a conflict: reloads if it was this scope's state that was old. Never throws.</summary>
    private async Task VerifyAsync(long epoch)
    {
        // The field must be set before this can end.
        await Task.Yield();
        var isCurrent = false;
        try
        {
            isCurrent = await _ledger.IsCurrent(_scope, epoch);
        }
        catch (Exception exception)
        {
            // The ledger that gave out the epoch has ended, or cannot be asked.
            LogNotVerified(logger, _scope.Value, exception.Message);
        }

        _verifying = null;
        if (!isCurrent)
        {
            Forget(epoch);
        }
    }

    /// <summary>
    /// Whether this activation is still the one that the ledger knows, and that the tenant's ledger. Where both are on one silo, and something was
    /// written lately, that is known without asking, for a second.
    /// </summary>
    private async ValueTask<bool> IsCurrentAsync()
    {
        var nowMs = clock.NowMs;
        if (nowMs - _validatedAtMs < ValidateAfter.TotalMilliseconds && ledgers.IsCurrent(_scope.TenantId, _term))
        {
            return true;
        }

        var epoch = _epoch;
        await standing.RequireMemberAsync();

        // What was dropped meanwhile is not to be decided on, though the ledger would still take it for current.
        if (!await _ledger.IsCurrent(_scope, epoch) || !_isLoaded || _epoch != epoch)
        {
            return false;
        }

        _validatedAtMs = nowMs;
        return true;
    }

    /// <summary>Reloads if the scope gave a lock before that moment and the lock is still held: its coordinator may have died.</summary>
    public void EndLocksBefore(long beforeMs)
    {
        if (_budgets.Values.Any(budget => budget.OldestLockMs < beforeMs))
        {
            LogLapsed(logger, _scope.Value);
            Forget();
        }
    }

    private Task<bool> EndLapsedLocks()
    {
        var lapsed = clock.NowMs - (long)Lease.TotalMilliseconds;
        EndLocksBefore(lapsed);
        foreach (var budget in _budgets.Values)
        {
            budget.FailWaiters(lapsed, new StoreUnavailableException($"scope {_scope} is busy"));
        }

        return Task.FromResult(_budgets.Values.Any(budget => budget.IsBusy));
    }

    [LoggerMessage(EventId = 1305, Level = LogLevel.Debug, Message = "Scope {Scope} could not ask whether its state is current, and reloads: {Problem}")]
    private static partial void LogNotVerified(ILogger logger, string scope, string problem);

    [LoggerMessage(EventId = 1301, Level = LogLevel.Warning, Message = "A lock on scope {Scope} outlived its lease; the scope reloads")]
    private static partial void LogLapsed(ILogger logger, string scope);
}
