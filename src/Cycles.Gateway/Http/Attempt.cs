using System.Diagnostics;

namespace Cycles.Gateway.Http;

/// <summary>What is known of a request while it runs, for the case that it has to run again.</summary>
/// <param name="operation">What it does.</param>
internal sealed class Attempt(Operation operation)
{
    private bool _hasKey;

    /// <summary>The same for all attempts, and of no other request.</summary>
    public Guid CallId { get; } = Guid.NewGuid();

    /// <summary>Which attempt runs: 1, 2, …</summary>
    public int Number { get; private set; }

    /// <summary>Whether it has run before as far as to what it does.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>The body, once it was read: a second attempt cannot read it again.</summary>
    public object? Body { get; set; }

    /// <summary>
    /// Whether running it again can do no harm: nothing was asked for yet, or it reads, or both are made one by its idempotency key
    /// or its <see cref="CallId"/>.
    /// </summary>
    public bool MayRepeat => operation.OnlyReads || operation.RecognizesItself || _hasKey || !HasBegun;

    /// <summary>Until when a failure makes it run again; as of <see cref="Stopwatch.GetTimestamp"/>.</summary>
    public long RepeatedUntil { get; set; }

    /// <summary>Whether it would run again if it failed now.</summary>
    public bool WouldRepeat => MayRepeat && Stopwatch.GetTimestamp() < RepeatedUntil;

    /// <summary>Its caller is known; from now on it may change something.</summary>
    public void Begin()
    {
        HasBegun = true;
        Number++;
    }

    /// <summary>It has an idempotency key.</summary>
    public void HasKey() => _hasKey = true;
}
