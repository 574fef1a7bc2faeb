namespace Cycles.Contracts.Store;

/// <summary>It is not known whether a write happened: the caller must read the store back, and must not guess.</summary>
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
