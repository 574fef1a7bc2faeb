namespace Cycles.Gateway.Http;

/// <summary>What is known of a request while it runs, for the case that it has to run again.</summary>
/// <param name="onlyReads">Whether it changes nothing.</param>
internal sealed class Attempt(bool onlyReads)
{
    private bool _hasKey;

    /// <summary>Whether it has run before as far as to what it does.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>The body, once it was read: a second attempt cannot read it again.</summary>
    public object? Body { get; set; }

    /// <summary>Whether running it again can do no harm: nothing was asked for yet, or it reads, or its idempotency key makes both one.</summary>
    public bool MayRepeat => onlyReads || _hasKey || !HasBegun;

    /// <summary>Its caller is known; from now on it may change something.</summary>
    public void Begin() => HasBegun = true;

    /// <summary>It has an idempotency key.</summary>
    public void HasKey() => _hasKey = true;
}
