using Cycles.Contracts.Store;
using Orleans.Runtime.Messaging;
using StackExchange.Redis;

namespace Cycles.Gateway.Http;

/// <summary>Tells failures that pass (a silo has left, the store is away) from defects.</summary>
internal static class Unavailability
{
    /// <summary>Whether another attempt may succeed. What became of this one is not known, unless <see cref="ChangedNothing"/>.</summary>
    public static bool Passes(Exception exception) => exception is
        StoreUnavailableException
        or StoreInDoubtException
        or OrleansMessageRejectionException
        or GatewayTooBusyException
        or ClientNotAvailableException
        or ConnectionFailedException
        or TimeoutException

        // Orleans' own word for a message that was too old when a place for its grain was found.
        or OperationCanceledException
        or RedisException
        or ObjectDisposedException;

    /// <summary>Whether the failure says that nothing was changed, so that a change without an idempotency key may be repeated too.</summary>
    public static bool ChangedNothing(Exception exception) => exception is StoreUnavailableException;

    /// <summary>What an operator is told: few texts, so that the same cause counts as the same.</summary>
    public static string CauseOf(Exception exception) => exception switch
    {
        StoreUnavailableException => "the store does not take changes",
        StoreInDoubtException => "the outcome of a change is unknown, as the store failed or a ledger moved",
        RedisException => "the store does not answer",
        TimeoutException or OperationCanceledException => "a silo did not answer in time",
        _ => "a silo has left or cannot be reached",
    };
}
