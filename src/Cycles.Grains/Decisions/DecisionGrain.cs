using Cycles.Contracts.Addressing;
using Cycles.Contracts.Decisions;
using Cycles.Contracts.Store;
using Cycles.Grains.Cluster;
using Cycles.Grains.Evaluations;
using Cycles.Grains.Peers;
using Cycles.Grains.Placement;
using Cycles.Grains.Records;
using Cycles.Grains.Reservations;
using Cycles.Grains.Scheduling;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Cycles.Grains.Decisions;

[Reentrant, TenantPlacement]
internal sealed class DecisionGrain(IGrainFactory grains, SiloStanding standing, StoreClock clock, IOptions<StoreOptions> options) : Grain, IDecisionGrain
{
    private const string Operation = "decide";

    private readonly Turns _turns = new();

    public async ValueTask<DecideReply> Decide(DecideCommand command, Peers.Admission admission)
    {
        using var turn = await _turns.TakeAsync();
        await standing.RequireMemberAsync();
        var ledger = grains.Get<ILedgerGrain>(command.TenantId);
        try
        {
            var opened = await ledger.OpenReply(Operation, command.Id);
            try
            {
                return opened.Record is { } json
                    ? Replay(GrainJson.Read(json, GrainJson.Default.EvaluationRecord), command)
                    : await EvaluateAsync(ledger, opened.Epoch, command, admission);
            }
            finally
            {
                await ledger.CloseRecord(command.Id, opened.Epoch);
            }
        }
        catch (StoreInDoubtException)
        {
            return DecideReply.Conflict;
        }
        finally
        {
            if (!_turns.OthersWait)
            {
                // What it answered is in the store: there may be many, and few are asked for twice.
                DeactivateOnIdle();
            }
        }
    }

    private static DecideReply Replay(EvaluationRecord record, DecideCommand command) => record.PayloadHash == command.PayloadHash
        ? new DecideReply(null, record)
        : new DecideReply(ReservationRules.IdempotencyMismatch(), null);

    private async ValueTask<DecideReply> EvaluateAsync(ILedgerGrain ledger, long epoch, DecideCommand command, Peers.Admission admission)
    {
        var request = new EvaluationRequest(command.PayloadHash, command.Scopes, command.Estimate);
        var (problem, record) = await Evaluation.EvaluateAsync(grains, ledger, clock, request, admission);
        if (problem is not null)
        {
            return new DecideReply(problem, null);
        }

        var outcome = await ledger.Commit(new LedgerTransaction
        {
            Record = new RecordStake(command.Id, epoch),
            Writes =
            [
                StoreWrite.Set(
                    new TenantKeys(command.TenantId).Reply(Operation, command.Id),
                    GrainJson.Write(record, GrainJson.Default.EvaluationRecord),
                    options.Value.ReplayRetention),
            ],
            AllowedWhenClosed = true,
            QuotaUse = QuotaUse.Record,
        });
        if (outcome == CommitOutcome.Durable)
        {
            return new DecideReply(null, record);
        }

        return QuotaProblem.Of(outcome, command.TenantId, options.Value, clock.NowMs) is { } refused
            ? new DecideReply(refused, null)
            : DecideReply.Conflict;
    }
}
