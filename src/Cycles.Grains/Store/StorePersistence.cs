using Cycles.Contracts.Store;

namespace Cycles.Grains.Store;

/// <summary>
/// Whether the store can make durable what is written to it. A store whose disk is full, or that has lost its replicas, still answers from
/// memory; what it answers then may be gone after its next restart. While it is broken no change is sent to it and no ledger is activated.
/// </summary>
/// <remarks>Any thread may use it.</remarks>
public sealed class StorePersistence
{
    private readonly Lock _lock = new();
    private volatile string? _reason;
    private int _breaks;

    /// <summary>Raised when it breaks, with the reason. Handlers must not block.</summary>
    public event Action<string>? Broke;

    /// <summary>Raised when it works again. Handlers must not block.</summary>
    public event Action? Mended;

    /// <summary>
    /// Whether somebody else than <see cref="StoreWatch"/> decides when it works again: the host of the embedded store, which has to
    /// start the store anew first.
    /// </summary>
    public bool IsSupervised { get; set; }

    /// <summary>
    /// Asked after each write that the store calls durable: why it may not be, or null. For a host that knows more of the store's disk than
    /// the store. It must not block, and any thread may ask at any time.
    /// </summary>
    public Func<string?> FindFailure { get; set; } = () => null;

    /// <summary>Whether what is written now would not become durable.</summary>
    public bool IsBroken => _reason is not null;

    /// <summary>Why; null while it works.</summary>
    public string? Reason => _reason;

    /// <summary>How often it has broken so far: what began before a break and ended after it is not certain.</summary>
    public int Breaks => Volatile.Read(ref _breaks);

    /// <summary>Something that was written could not be made durable.</summary>
    /// <param name="reason">Why, for operators.</param>
    public void Failed(string reason)
    {
        lock (_lock)
        {
            Interlocked.Increment(ref _breaks);
            if (_reason is not null)
            {
                return;
            }

            _reason = reason;
        }

        Telemetry.StoreBroken.Add(1);
        Broke?.Invoke(reason);
    }

    /// <summary>What is written from now on becomes durable.</summary>
    public void Recovered()
    {
        lock (_lock)
        {
            if (_reason is null)
            {
                return;
            }

            _reason = null;
        }

        Telemetry.StoreBroken.Add(-1);
        Mended?.Invoke();
    }

    /// <summary>Refuses to go on while it is broken.</summary>
    /// <exception cref="StoreUnavailableException">It is broken.</exception>
    public void ThrowIfBroken()
    {
        if (_reason is { } reason)
        {
            throw new StoreUnavailableException($"the store cannot make changes durable: {reason}");
        }
    }
}
