using System.Collections.Concurrent;
using Cycles.Chaos.Load;

namespace Cycles.Chaos.Checks;

/// <summary>What was acknowledged in a run, and what was wrong.</summary>
internal sealed class Book
{
    private readonly ConcurrentQueue<Acknowledged> _acknowledged = [];
    private readonly ConcurrentQueue<Settled> _settled = [];
    private readonly ConcurrentQueue<string> _objections = [];

    /// <summary>Requests with an idempotency key that were accepted.</summary>
    public IReadOnlyCollection<Acknowledged> Acknowledged => _acknowledged;

    public IReadOnlyCollection<Settled> Settled => _settled;

    /// <summary>What was wrong, and when that was seen (UTC), to be compared with what the processes print.</summary>
    public IReadOnlyCollection<string> Objections => _objections;

    public void Note(Request request, Answer answer)
    {
        if (request.MayRepeat && answer.IsSuccess)
        {
            _acknowledged.Enqueue(new Acknowledged(request, answer));
        }
    }

    public void Note(Settled settled) => _settled.Enqueue(settled);

    public void Object(string? objection)
    {
        if (objection is not null)
        {
            _objections.Enqueue($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {objection}");
        }
    }
}
