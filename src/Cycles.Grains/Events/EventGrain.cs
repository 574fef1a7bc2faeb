using Cycles.Contracts.Addressing;
using Cycles.Contracts.Events;
using Cycles.Contracts.Store;
using Cycles.Grains.Cluster;
using Cycles.Grains.Expiry;
using Cycles.Grains.Peers;
using Cycles.Grains.Placement;
using Cycles.Grains.Records;
using Cycles.Grains.Reservations;
using Cycles.Grains.Scopes;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Cycles.Grains.Events;

// Reentrant: operations of one id run one after the other (OncePerId), and two of them share only the channels to scopes and the table of ids.
[Reentrant, TenantPlacement, CollectionAgeLimit(Minutes = 2)]
internal sealed class EventGrain(
    IGrainFactory grains, ILocalSiloDetails silo, SiloStanding standing, StoreClock clock, IOptions<StoreOptions> options)
    : Grain, IEventGrain
{
    private readonly OncePerId _once = new();
    private readonly ScopeChannels _channels = new(grains, silo.SiloAddress);

    public async ValueTask<EventReply> Apply(EventCommand command, Peers.Admission admission)
    {
        var ledger = grains.Get<ILedgerGrain>(command.TenantId);
        try
        {
            return await _once.RunAsync(
                ledger,
                command.Id,
                async () =>
                {
                    // In its turn: it may have waited through a pause of this silo.
                    await standing.RequireMemberAsync();
                    return await ledger.OpenEvent(command.Id);
                },
                record => Replay(GrainJson.Read(record, GrainJson.Default.EventRecord), command),
                stake => admission.Problem is { } problem ? new(EventReply.Refused(problem)) : ChargeAsync(ledger, stake, command, admission));
        }
        catch (StoreInDoubtException)
        {
            return EventReply.Conflict;
        }
    }

    private static EventReply Replay(EventRecord record, EventCommand command) => record.PayloadHash == command.PayloadHash
        ? new EventReply(null, record)
        : EventReply.Refused(ReservationRules.IdempotencyMismatch());

    private async ValueTask<EventReply> ChargeAsync(ILedgerGrain ledger, RecordStake stake, EventCommand command, Peers.Admission admission)
    {
        var charge = await OverageCharge.ChargeAsync(
            new ScopeLocks(_channels, admission.Budgeted, command.Actual.Unit),
            admission.Budgeted,
            LockKind.Charge,
            admission.OveragePolicy,
            held: 0,
            command.Actual.Value,
            () => Sweeps.SweepAsync(grains, ledger, clock, command.TenantId));
        if (charge.Problem is { } problem)
        {
            // Closed while this was on its way: the tenant is the reason, not the budget.
            return EventReply.Refused(problem.Code == ErrorCode.BudgetClosed && await ledger.IsTenantClosed()
                ? TenantRefusals.Closed(command.TenantId)
                : problem);
        }

        var record = ToRecord(command, admission, charge);
        CommitOutcome outcome;
        try
        {
            outcome = await ledger.Commit(new LedgerTransaction
            {
                Stakes = charge.Locks.ToStakes(),
                Record = stake,
                AdmissionEpoch = admission.Epoch,
                Writes =
                [
                    StoreWrite.Set(
                        new TenantKeys(command.TenantId).Event(command.Id),
                        GrainJson.Write(record, GrainJson.Default.EventRecord),
                        options.Value.Retention),
                ],
                QuotaUse = QuotaUse.Record,
            });
        }
        catch (Exception exception)
        {
            await charge.Locks.FailAsync(exception);
            throw;
        }

        await charge.Locks.CompleteAsync(outcome.ToLockOutcome());
        return outcome switch
        {
            CommitOutcome.Durable => new EventReply(null, record),
            CommitOutcome.TenantClosed => EventReply.Refused(TenantRefusals.Closed(command.TenantId)),
            _ => QuotaProblem.Of(outcome, command.TenantId, options.Value, clock.NowMs) is { } refused
                ? EventReply.Refused(refused)
                : EventReply.Conflict,
        };
    }

    private EventRecord ToRecord(EventCommand command, Peers.Admission admission, Charge charge) => new()
    {
        Id = command.Id,
        IdempotencyKey = command.IdempotencyKey,
        PayloadHash = command.PayloadHash,
        Subject = command.Subject,
        Action = command.Action,
        Actual = command.Actual,
        Charged = charge.Charged,
        Budgeted = Array.ConvertAll(admission.Budgeted, scope => scope.Value),
        Balances = charge.Balances,
        AtMs = clock.NowMs,
        ClientTimeMs = command.ClientTimeMs,
        Metrics = command.Metrics,
        Metadata = command.Metadata,
    };
}
