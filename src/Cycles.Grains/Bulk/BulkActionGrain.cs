using Cycles.Contracts.Addressing;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Bulk;
using Cycles.Contracts.Store;
using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Journal;
using Cycles.Grains.Peers;
using Cycles.Grains.Placement;
using Cycles.Grains.Records;
using Cycles.Grains.Reservations;
using Cycles.Grains.Scheduling;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;
using Cycles.Protocol.Audit;
using Cycles.Protocol.Errors;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Cycles.Grains.Bulk;

// Requests under one key take turns: the first runs the action, the others find what it did.
[Reentrant, TenantPlacement]
internal sealed partial class BulkActionGrain(IGrainFactory grains, StoreClock clock, ILogger<BulkActionGrain> logger) : Grain, IBulkActionGrain, IRemindable
{
    private const string ReplyOperation = "bulk";
    private const string Reminder = "bulk";
    private const int RowsAtOnce = 16;

    // How long a retry is answered; and how long an action that a crash has interrupted may still be finished by one.
    private static readonly TimeSpan Replay = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Unfinished = TimeSpan.FromDays(1);
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);

    private readonly Turns _turns = new();
    private OwnedWork _upkeep = null!;

    private string Id => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _upkeep = new OwnedWork("bulk", Id, GoOnAsync, logger);
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _upkeep.Stop();
        return Task.CompletedTask;
    }

    public async ValueTask<BulkReply> Run(Origin origin, BulkCommand command)
    {
        using var turn = await _turns.TakeAsync();
        try
        {
            return await RunAsync(origin, command);
        }
        finally
        {
            if (!_turns.OthersWait)
            {
                DeactivateOnIdle();
            }
        }
    }

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        _upkeep.Begin();
        return Task.CompletedTask;
    }

    /// <summary>Finishes what was interrupted.</summary>
    private async Task GoOnAsync(CancellationToken stop)
    {
        using var turn = await _turns.TakeAsync();
        var outcome = await WithRecordAsync(OwnerOf(Id), (record, epoch) => record is null or { Outcome: not null }
            ? new ValueTask<BulkOutcome?>((BulkOutcome?)null)
            : FinishAsync(record, epoch, stop));
        stop.ThrowIfCancellationRequested();
        await DisarmAsync();
        if (outcome is not null)
        {
            LogFinished(logger, Id, outcome.TotalMatched);
        }
    }

    private ValueTask<BulkReply> RunAsync(Origin origin, BulkCommand command) => WithRecordAsync(command.OwnerId, async (record, epoch) =>
    {
        if (record is null)
        {
            var (problem, targets) = await BulkWorks.Of(command).SelectAsync(grains);
            if ((problem ?? CheckCount(targets.Length, command.ExpectedCount)) is { } refused)
            {
                return new BulkReply(refused, null);
            }

            record = new BulkRecord
            {
                BulkId = $"bulk-{Guid.NewGuid():N}",
                Origin = origin,
                Command = command,
                Targets = targets,
                StartedAt = clock.Now,
            };
            await this.RegisterOrUpdateReminder(Reminder, ReminderPeriod, ReminderPeriod);
            await WriteAsync(record, epoch, Unfinished);
        }
        else if (record.Command.PayloadHash != command.PayloadHash)
        {
            return new BulkReply(ReservationRules.IdempotencyMismatch(), null);
        }

        if (record.Outcome is { } known)
        {
            return new BulkReply(null, known);
        }

        var outcome = await FinishAsync(record, epoch);
        await DisarmAsync();
        return new BulkReply(null, outcome);
    });

    /// <summary>Applies the action to every row, and writes down what became of it together with its line of the audit log.</summary>
    private async ValueTask<BulkOutcome?> FinishAsync(BulkRecord record, long epoch, CancellationToken stop = default)
    {
        var work = BulkWorks.Of(record.Command);
        var rows = new List<BulkRow>(record.Targets.Length);
        foreach (var batch in record.Targets.Chunk(RowsAtOnce))
        {
            stop.ThrowIfCancellationRequested();
            rows.AddRange(await Task.WhenAll(batch.Select(target => ApplyAsync(work, record, target))));
        }

        var outcome = BulkRow.ToOutcome(await work.SettleAsync(grains, [.. rows]));
        await WriteAsync(record with { Outcome = outcome }, epoch, Replay, BulkEntries.Of(record, outcome, clock.Now));
        return outcome;
    }

    private async Task<BulkRow> ApplyAsync(IBulkWork work, BulkRecord record, BulkTarget target)
    {
        try
        {
            return await work.ApplyAsync(grains, record.Origin, record.BulkId, target);
        }
        catch (Exception exception) when (exception is not (StoreInDoubtException or TimeoutException or OrleansException))
        {
            // What became of the others is not known: the action ends unfinished, and is gone through again by a retry or by the reminder.
            LogRowFailed(logger, target.Id, exception);
            return BulkRow.Failed(target.Id, ErrorCode.InternalError.ToWire(), "The row could not be completed");
        }
    }

    /// <summary>Does something with the record as it stands, again on fresh state when it turns out to have been stale.</summary>
    private async ValueTask<T> WithRecordAsync<T>(string ownerId, Func<BulkRecord?, long, ValueTask<T>> operation)
    {
        var ledger = grains.Get<ILedgerGrain>(ownerId);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var opened = await ledger.OpenReply(ReplyOperation, Id);
                try
                {
                    return await operation(
                        opened.Record is null ? null : GrainJson.Read(opened.Record, GrainJson.Default.BulkRecord), opened.Epoch);
                }
                finally
                {
                    await ledger.CloseRecord(Id, opened.Epoch);
                }
            }
            catch (StoreInDoubtException) when (attempt < Retries.Most)
            {
                await Retries.PauseAsync(attempt);
            }
        }
    }

    private async ValueTask WriteAsync(BulkRecord record, long epoch, TimeSpan timeToLive, params AuditLogEntry[] audit)
    {
        var ownerId = record.Command.OwnerId;
        var outcome = await grains.Get<ILedgerGrain>(ownerId).Commit(new LedgerTransaction
        {
            Record = new RecordStake(Id, epoch),
            Writes = [StoreWrite.Set(new TenantKeys(ownerId).Reply(ReplyOperation, Id), GrainJson.Write(record, GrainJson.Default.BulkRecord), timeToLive)],
            Facts = Array.ConvertAll<AuditLogEntry, Fact>(audit, entry => new AuditFact(entry)),

            // It changes nothing that the tenant owns: its rows are refused one by one.
            AllowedWhenClosed = true,
        });
        if (outcome != CommitOutcome.Durable)
        {
            throw new StoreInDoubtException($"bulk action {Id} is stale");
        }
    }

    private async ValueTask DisarmAsync()
    {
        if (await this.GetReminder(Reminder) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }
    }

    private static Problem? CheckCount(int matched, int? expected)
    {
        if (matched > IBulkActionGrain.MostRows)
        {
            return new Problem(
                ErrorCode.LimitExceeded, $"{matched} match the filter, at most {IBulkActionGrain.MostRows} can be done at once: narrow it", TotalMatched: matched);
        }

        return expected is { } count && count != matched
            ? new Problem(ErrorCode.CountMismatch, $"{matched} match the filter, {count} were expected; nothing was changed", TotalMatched: matched)
            : null;
    }

    /// <summary>The owner in <c>blk_{owner}_{hash}</c>; it may have underscores of its own.</summary>
    private static string OwnerOf(string id) => id[(id.IndexOf('_', StringComparison.Ordinal) + 1)..id.LastIndexOf('_')];

    [LoggerMessage(EventId = 1601, Level = LogLevel.Warning, Message = "Row {Id} of a bulk action failed")]
    private static partial void LogRowFailed(ILogger logger, string id, Exception exception);

    [LoggerMessage(EventId = 1602, Level = LogLevel.Information, Message = "Bulk action {Id} was interrupted and is finished now: {Rows} rows")]
    private static partial void LogFinished(ILogger logger, string id, int rows);
}
