using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Servers;

namespace Cycles.Faults.Tests;

/// <summary>
/// One kind of operation of the matrix: how it is asked for, one after the other while a fault goes on, and what must be true of it after a
/// restart. Each attempt changes its effect by one at most, so effects are counted.
/// </summary>
internal abstract class FaultOperation(FaultWorld world)
{
    private const int MostReplays = 20;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan PaceOfFailures = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan SettlePatience = TimeSpan.FromSeconds(60);

    private readonly List<Attempt> _attempts = [];
    private int _checked;
    private long _settled;

    /// <summary>As the table of the matrix names it.</summary>
    public abstract string Name { get; }

    /// <summary>How many were acknowledged so far.</summary>
    public int Acknowledged => _attempts.Count(attempt => attempt.IsAcknowledged);

    /// <summary>How many came to an end so far.</summary>
    public int Answered { get; private set; }

    protected FaultWorld World { get; } = world;

    protected IReadOnlyList<Attempt> Attempts => _attempts;

    /// <summary>Whether the same request may be sent again until it is answered: it carries an idempotency key.</summary>
    protected virtual bool IsKeyed => true;

    /// <summary>Makes what the attempts of the next round need.</summary>
    public virtual Task PrepareAsync() => Task.CompletedTask;

    /// <summary>Attempts one after the other, until told to stop or nothing is left to do it to.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && Next(_attempts.Count) is { } request)
        {
            var attempt = new Attempt(request);
            lock (_attempts)
            {
                _attempts.Add(attempt);
            }

            attempt.Answer = await World.Api.SendAsync(request);
            if (attempt.Answer.IsFinal && !attempt.IsAcknowledged && !IsAllowed(attempt.Answer))
            {
                World.Object($"{Name}: {request.Method} {request.Path} {request.Body} is refused: {attempt.Answer}");
            }

            Answered++;
            await Task.Delay(attempt.IsInDoubt ? PaceOfFailures : Pace, CancellationToken.None);
        }
    }

    /// <summary>
    /// After a restart: what was acknowledged is there, at most what is in doubt comes on top, and what is sent again under its key is done once
    /// and answered as before.
    /// </summary>
    public async Task CheckAsync()
    {
        var recent = _attempts.Skip(_checked).ToArray();
        var acknowledged = recent.Count(attempt => attempt.IsAcknowledged);
        var inDoubt = recent.Count(attempt => attempt.IsInDoubt);
        var effect = await CountAsync();
        if (effect < _settled + acknowledged || effect > _settled + acknowledged + inDoubt)
        {
            World.Object($"{Name}: {effect} were done; before this round {_settled}, acknowledged in it {acknowledged}, in doubt {inDoubt}");
        }

        foreach (var attempt in recent.Where(attempt => attempt.IsAcknowledged))
        {
            await VerifyAsync(attempt);
        }

        if (IsKeyed)
        {
            await SettleAsync(recent);
            effect = await CountAsync();
            var settled = _settled + recent.Count(attempt => attempt.IsAcknowledged);
            if (effect != settled)
            {
                World.Object($"{Name}: {effect} were done after all was settled, and {settled} acknowledged");
            }
        }

        World.Note($"  {Name}: {acknowledged} acknowledged, {inDoubt} in doubt, {effect} done");
        (_settled, _checked) = (effect, _attempts.Count);
    }

    /// <summary>The request of the next attempt; null when nothing is left to do it to.</summary>
    protected abstract ApiRequest? Next(int number);

    /// <summary>How often it was done, by what the server shows.</summary>
    protected abstract Task<long> CountAsync();

    /// <summary>Objects when what was acknowledged is not there.</summary>
    protected virtual Task VerifyAsync(Attempt attempt) => Task.CompletedTask;

    /// <summary>Whether a refusal is right.</summary>
    protected virtual bool IsAllowed(Answer refusal) => false;

    private async Task SettleAsync(Attempt[] recent)
    {
        foreach (var attempt in recent.Where(attempt => attempt.IsAcknowledged).TakeLast(MostReplays))
        {
            var again = await World.Api.SendAsync(attempt.Request);
            if (!again.IsReplayOf(attempt.Answer!))
            {
                World.Object($"{Name}: {attempt.Request.Path} {attempt.Request.Body} was answered {attempt.Answer}, and again {again}");
            }
        }

        foreach (var attempt in recent.Where(attempt => attempt.IsInDoubt))
        {
            await Until.TrueAsync(
                async () => (attempt.Answer = await World.Api.SendAsync(attempt.Request)).IsFinal,
                SettlePatience,
                () => $"{Name}: {attempt.Request.Path} {attempt.Request.Body} cannot be settled: {attempt.Answer}");
            if (!attempt.IsAcknowledged && !IsAllowed(attempt.Answer!))
            {
                World.Object($"{Name}: {attempt.Request.Path} {attempt.Request.Body}, sent again, is refused: {attempt.Answer}");
            }
        }
    }
}
