namespace Cycles.Contracts.Store;

/// <summary>
/// The operation could not be done now, and nothing was changed: it may be repeated, also without an idempotency key. The opposite of
/// <see cref="StoreInDoubtException"/>, after which the outcome has to be read back.
/// </summary>
[GenerateSerializer, Alias("cycles.store-unavailable")]
public sealed class StoreUnavailableException : Exception
{
    /// <summary>With the reason.</summary>
    public StoreUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>With the reason and the failure behind it.</summary>
    public StoreUnavailableException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
