using Cycles.Contracts.Addressing;
using Cycles.Grains.Budgets;
using Cycles.Grains.Peers;
using Cycles.Grains.Placement;
using Cycles.Grains.Scheduling;
using Cycles.Grains.Store;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Cycles.Grains.Expiry;

// Reentrant: a reservation in the middle of an operation may arm or sweep while this grain waits for that very reservation.
[Reentrant, TenantPlacement]
internal sealed partial class ExpiryGrain(
    IGrainFactory grains, StoreClock clock, ILogger<ExpiryGrain> logger) : Grain, IExpiryGrain, IRemindable
{
    private const string Reminder = "expiry";
    private const int SweepBatch = 2048;

    // Enough for a group commit to share, and few enough that a reserve between them does not wait long: with 256 its median was 17 to 21 ms, with 32 it is 4 ms.
    private const int SweptAtOnce = 32;

    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestTtl = TimeSpan.FromDays(2);

    private readonly SemaphoreSlim _reminderLock = new(1);
    private IGrainReminder? _reminder;
    private IGrainTimer? _timer;
    private long _wakesAtMs = long.MaxValue;
    private Task<bool>? _sweep;
    private long _failedAtMs = long.MinValue / 2;
    private OwnedWork _upkeep = null!;

    private string TenantId => this.GetPrimaryKeyString();

    private ILedgerGrain Ledger => grains.Get<ILedgerGrain>(TenantId);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _timer = this.RegisterGrainTimer(
            _ => OnTimerAsync(), new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { KeepAlive = true });
        _upkeep = new OwnedWork("expiry", TenantId, KeepUpAsync, logger);
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _upkeep.Stop();
        return Task.CompletedTask;
    }

    public async ValueTask Arm()
    {
        await _reminderLock.WaitAsync();
        try
        {
            _reminder ??= await this.RegisterOrUpdateReminder(Reminder, ReminderPeriod, ReminderPeriod);
        }
        finally
        {
            _reminderLock.Release();
        }
    }

    public ValueTask WakeAt(long dueAtMs)
    {
        if (dueAtMs < _wakesAtMs)
        {
            _wakesAtMs = dueAtMs;
            var wait = TimeSpan.FromMilliseconds(Math.Clamp(dueAtMs + 1 - clock.NowMs, 0, (long)LongestTtl.TotalMilliseconds));
            _timer!.Change(wait > LeastPause ? wait : LeastPause, Timeout.InfiniteTimeSpan);
        }

        return default;
    }

    public async ValueTask<bool> Sweep()
    {
        if (Environment.TickCount64 - _failedAtMs < AfterFailure.TotalMilliseconds)
        {
            // What fails is tried once a second, however many ask.
            return false;
        }

        if (_sweep is { } running)
        {
            // It may have begun before the caller's moment: what it left is for the next.
            await running;
        }

        return await (_sweep ??= SweepAsync());
    }

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        // Under constant expiry a sweep goes on for minutes.
        _upkeep.Begin();
        return Task.CompletedTask;
    }

    private async Task KeepUpAsync(CancellationToken stop)
    {
        _reminder ??= await this.GetReminder(Reminder);
        await Sweep();
        stop.ThrowIfCancellationRequested();
        await DisarmAsync(stop);
    }

    private async Task OnTimerAsync()
    {
        _wakesAtMs = long.MaxValue;
        await Sweep();
    }

    private async Task<bool> SweepAsync()
    {
        // The field must be set before this can end.
        await Task.Yield();
        var isComplete = true;
        var nextDueMs = long.MaxValue;
        try
        {
            // A batch that could not be given back is tried again later, not at once.
            for (var goesOn = true; goesOn;)
            {
                var nowMs = clock.NowMs;
                var due = await Ledger.ReadDue(nowMs - 1, SweepBatch);
                var swept = await SweepAsync(due);
                isComplete &= !Array.Exists(swept, result => result == Swept.Failed);
                nextDueMs = isComplete ? due.NextDueMs : nowMs + 1000;
                goesOn = (due.Reservations.Length == SweepBatch || due.Budgets.Length == SweepBatch) && Array.Exists(swept, result => result == Swept.Done);
            }
        }
        catch (Exception exception)
        {
            LogFailed(logger, TenantId, exception);
            isComplete = false;
            nextDueMs = clock.NowMs + 1000;
        }
        finally
        {
            _sweep = null;
        }

        if (!isComplete)
        {
            _failedAtMs = Environment.TickCount64;
        }

        if (nextDueMs != long.MaxValue)
        {
            await WakeAt(nextDueMs);
        }

        return isComplete;
    }

    /// <summary>
    /// Releases what one reading has found due, 32 at a time; when one is done, the next begins. Were they done in groups, each group would wait for its slowest, and the store
    /// for the next group. The next reading waits for the slowest of this one.
    /// </summary>
    private async Task<Swept[]> SweepAsync(DueWork due)
    {
        var swept = new Swept[due.Reservations.Length + due.Budgets.Length];
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(SweptAtOnce, swept.Length)).Select(_ => GoOnAsync()));
        return swept;

        async Task GoOnAsync()
        {
            while (next < swept.Length)
            {
                var at = next++;
                swept[at] = at < due.Reservations.Length
                    ? await ExpireAsync(due.Reservations[at])
                    : await RollOverAsync(due.Budgets[at - due.Reservations.Length]);
            }
        }
    }

    private async Task<Swept> ExpireAsync(string id)
    {
        try
        {
            return await grains.GetReservationPeer(id).Expire(id) ? Swept.Done : Swept.Left;
        }
        catch (Exception exception)
        {
            LogNotExpired(logger, id, exception);
            return Swept.Failed;
        }
    }

    private async Task<Swept> RollOverAsync(BudgetKey budget)
    {
        try
        {
            await grains.Get<IScopeGrain>(budget.Scope.Value).RollOver(budget.Unit);
            return Swept.Done;
        }
        catch (Exception exception)
        {
            LogNotRolledOver(logger, budget.Scope.Value, exception);
            return Swept.Failed;
        }
    }

    /// <summary>What became of something that was due.</summary>
    private enum Swept
    {
        /// <summary>It could not be done.</summary>
        Failed,

        /// <summary>It is left to an operation that runs on it.</summary>
        Left,

        /// <summary>It is done.</summary>
        Done,
    }

    /// <summary>Ends the reminder of a tenant for which nothing is ever due, so that idle tenants cost nothing.</summary>
    private async Task DisarmAsync(CancellationToken stop)
    {
        await _reminderLock.WaitAsync(stop);
        try
        {
            if (_reminder is { } reminder && await Ledger.TryDisarmExpiry())
            {
                await this.UnregisterReminder(reminder);
                _reminder = null;
            }
        }
        finally
        {
            _reminderLock.Release();
        }
    }

    [LoggerMessage(EventId = 1401, Level = LogLevel.Warning, Message = "The sweep of tenant {TenantId} failed; it is tried again within a second")]
    private static partial void LogFailed(ILogger logger, string tenantId, Exception exception);

    [LoggerMessage(EventId = 1402, Level = LogLevel.Warning, Message = "Reservation {Id} could not be expired; it is tried again within a second")]
    private static partial void LogNotExpired(ILogger logger, string id, Exception exception);

    [LoggerMessage(EventId = 1403, Level = LogLevel.Warning, Message = "A budget of scope {Scope} could not begin its next period; it is tried again within a second")]
    private static partial void LogNotRolledOver(ILogger logger, string scope, Exception exception);
}
