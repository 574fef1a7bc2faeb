using Cycles.Contracts.Addressing;
using Cycles.Contracts.Decisions;
using Cycles.Contracts.Store;
using Cycles.Grains.Cluster;
using Cycles.Grains.Evaluations;
using Cycles.Grains.Peers;
using Cycles.Grains.Placement;
using Cycles.Grains.Records;
using Cycles.Grains.Reservations;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Cycles.Grains.Decisions;

// Reentrant: operations of one id run one after the other (OncePerId), and nothing else is shared between two of them.
[Reentrant, TenantPlacement, CollectionAgeLimit(Minutes = 2)]
internal sealed class DecisionGrain(IGrainFactory grains, SiloStanding standing, StoreClock clock, IOptions<StoreOptions> options) : Grain, IDecisionGrain
{
    private const string Operation = "decide";

    private readonly OncePerId _once = new();

    public async ValueTask<DecideReply> Decide(DecideCommand command, Peers.Admission admission)
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
                    return await ledger.OpenReply(Operation, command.Id);
                },
                record => Replay(GrainJson.Read(record, GrainJson.Default.EvaluationRecord), command),
                stake => EvaluateAsync(ledger, stake, command, admission));
        }
        catch (StoreInDoubtException)
        {
            return DecideReply.Conflict;
        }
    }

    private static DecideReply Replay(EvaluationRecord record, DecideCommand command) => record.PayloadHash == command.PayloadHash
        ? new DecideReply(null, record)
        : new DecideReply(ReservationRules.IdempotencyMismatch(), null);

    private async ValueTask<DecideReply> EvaluateAsync(ILedgerGrain ledger, RecordStake stake, DecideCommand command, Peers.Admission admission)
    {
        var request = new EvaluationRequest(command.PayloadHash, command.Scopes, command.Estimate);
        var (problem, record) = await Evaluation.EvaluateAsync(grains, ledger, clock, request, admission);
        if (problem is not null)
        {
            return new DecideReply(problem, null);
        }

        var outcome = await ledger.Commit(new LedgerTransaction
        {
            Record = stake,
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
