using Cycles.Contracts.Addressing;
using Cycles.Grains.Peers;
using Cycles.Grains.Placement;
using Cycles.Grains.Records;
using Cycles.Grains.Scheduling;
using Cycles.Grains.Store;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Scopes;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Cycles.Grains.Closing;

// Reentrant: a call during a cascade joins it.
[Reentrant, TenantPlacement]
internal sealed partial class ClosingGrain(
    IGrainFactory grains, RedisStore store, TimeProvider time, ILogger<ClosingGrain> logger) : Grain, IClosingGrain, IRemindable
{
    private const string Reminder = "close";

    // Few enough that other tenants of the silo hardly notice.
    private const int ReservationsAtOnce = 64;

    private const int BudgetsAtOnce = 64;
    private const int MostFailures = 1024;

    // What is left after these (about 13 s of pauses) is the next reminder's.
    private const int Rounds = 8;

    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);

    private readonly SemaphoreSlim _reminderLock = new(1);
    private IGrainReminder? _reminder;
    private long? _armedAt;
    private readonly CancellationTokenSource _stop = new();
    private Task<bool>? _drive;
    private OwnedWork _upkeep = null!;

    private string TenantId => this.GetPrimaryKeyString();

    private ITenantPeerGrain Tenant => grains.Get<ITenantPeerGrain>(TenantId);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _upkeep = new OwnedWork("close", TenantId, KeepUpAsync, logger);
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _upkeep.Stop();
        _stop.Cancel();
        return Task.CompletedTask;
    }

    public async ValueTask Arm()
    {
        await _reminderLock.WaitAsync();
        try
        {
            _armedAt = time.GetTimestamp();
            _reminder ??= await this.RegisterOrUpdateReminder(Reminder, ReminderPeriod, ReminderPeriod);
        }
        finally
        {
            _reminderLock.Release();
        }
    }

    public async ValueTask<bool> Drive(TimeSpan patience)
    {
        var drive = Begin();
        await Task.WhenAny(drive, Task.Delay(patience, time));
        return drive.IsCompleted && await drive;
    }

    public ValueTask Wake()
    {
        Begin();
        return default;
    }

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        _upkeep.Begin();
        return Task.CompletedTask;
    }

    private async Task KeepUpAsync(CancellationToken stop)
    {
        _reminder ??= await this.GetReminder(Reminder);
        if (await Tenant.GetClose() is { EndedAt: null })
        {
            await Begin();
        }
        else
        {
            stop.ThrowIfCancellationRequested();
            await DisarmAsync();
        }
    }

    private Task<bool> Begin()
    {
        if (_drive is null or { IsCompleted: true })
        {
            _drive = DriveAsync();
        }

        return _drive;
    }

    /// <summary>
    /// Goes through everything again and again until nothing is left, or this grain is deactivated. Never throws: what fails is tried again.
    /// </summary>
    private async Task<bool> DriveAsync()
    {
        for (var round = 0; round < Rounds && !_stop.IsCancellationRequested; round++)
        {
            try
            {
                if (await Tenant.GetClose() is not { } close)
                {
                    // The tenant is not closed: it was only going to be.
                    return true;
                }

                if (await EndAllAsync(close))
                {
                    await Tenant.FinishClose();
                    await DisarmAsync();
                    return true;
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return false;
            }
            catch (Exception exception)
            {
                Telemetry.ReminderFailed("close");
                LogFailed(logger, TenantId, exception);
            }

            await Task.Delay(FirstPause * (1 << round), time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        return false;
    }

    /// <summary>Ends what is not ended, kind by kind: each object in a transaction of its own, which also writes its line of the audit log.</summary>
    /// <returns>Whether nothing is left.</returns>
    private async ValueTask<bool> EndAllAsync(TenantClose close)
    {
        // Budgets after the reservations that hold them: a budget is closed with nothing reserved.
        var released = await ReleaseReservationsAsync(close);
        var closed = await CloseBudgetsAsync(close);
        await Tenant.RevokeKeys(close);
        return released && closed;
    }

    private async ValueTask<bool> ReleaseReservationsAsync(TenantClose close)
    {
        var ledger = grains.Get<ILedgerGrain>(TenantId);
        var failed = new HashSet<string>();
        while (true)
        {
            var active = await ledger.ReadActive(ReservationsAtOnce + failed.Count);
            var batch = Array.FindAll(active, id => !failed.Contains(id));
            if (batch.Length == 0 || failed.Count > MostFailures)
            {
                return failed.Count == 0;
            }

            _stop.Token.ThrowIfCancellationRequested();
            DelayDeactivation(ReminderPeriod);
            var released = await Task.WhenAll(batch.Select(id => TryAsync(id, async () =>
            {
                await grains.GetReservationPeer(id).EndWithTenant(id, close);
                return true;
            })));
            for (var i = 0; i < batch.Length; i++)
            {
                if (!released[i])
                {
                    failed.Add(batch[i]);
                }
            }
        }
    }

    private async ValueTask<bool> CloseBudgetsAsync(TenantClose close)
    {
        // From the store and not from the tenant's grain: the store has every budget that was made before the close.
        var records = await store.Database.HashValuesAsync(new TenantKeys(TenantId).Budgets);
        var open = records.Select(record => GrainJson.Read((byte[])record!, GrainJson.Default.BudgetRecord))
            .Where(record => record.Status != BudgetStatus.Closed)
            .ToArray();
        var all = true;
        foreach (var batch in open.Chunk(BudgetsAtOnce))
        {
            _stop.Token.ThrowIfCancellationRequested();
            DelayDeactivation(ReminderPeriod);
            var closed = await Task.WhenAll(batch.Select(record => TryAsync(
                record.LedgerId,
                async () => await grains.Get<IScopeGrain>(ScopePath.FromCanonical(record.Scope).Value).Close(close, record.Unit))));
            all &= Array.TrueForAll(closed, success => success);
        }

        return all;
    }

    private async Task<bool> TryAsync(string id, Func<Task<bool>> end)
    {
        try
        {
            return await end();
        }
        catch (Exception exception)
        {
            LogNotEnded(logger, id, exception);
            return false;
        }
    }

    private async Task DisarmAsync()
    {
        await _reminderLock.WaitAsync();
        try
        {
            // A caller that has just armed the reminder is about to close the tenant.
            var isNeeded = _armedAt is { } armedAt
                && time.GetElapsedTime(armedAt) < ReminderPeriod * 2
                && await Tenant.GetClose() is null or { EndedAt: null };
            if (_reminder is { } reminder && !isNeeded)
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

    [LoggerMessage(EventId = 1501, Level = LogLevel.Warning, Message = "What closed tenant {TenantId} owns could not be ended; it is tried again")]
    private static partial void LogFailed(ILogger logger, string tenantId, Exception exception);

    [LoggerMessage(EventId = 1502, Level = LogLevel.Warning, Message = "{Id} of a closed tenant could not be ended; it is tried again")]
    private static partial void LogNotEnded(ILogger logger, string id, Exception exception);
}
