namespace Cycles.Grains.Store;

/// <summary>Whether a write happened is not known: whoever asked must read the store back, not guess.</summary>
[GenerateSerializer, Alias("cycles.store-in-doubt")]
public sealed class StoreInDoubtException : Exception
{
    /// <summary>With what is known.</summary>
    public StoreInDoubtException(string message)
        : base(message)
    {
    }

    /// <summary>With the failure behind it.</summary>
    public StoreInDoubtException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
