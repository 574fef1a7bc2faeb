using Cycles.Contracts.Audit;

namespace Cycles.Grains.Audit.Entries;

/// <summary>How actors are named on the wire.</summary>
internal static class ActorTypes
{
    public static string ToWire(this ActorType actor) => actor switch
    {
        ActorType.Admin => "admin",
        ActorType.ApiKey => "api_key",
        ActorType.AdminOnBehalfOf => "admin_on_behalf_of",
        ActorType.System => "system",
        ActorType.Unauthenticated => "unauthenticated",
        _ => throw new ArgumentOutOfRangeException(nameof(actor), actor, "not an actor"),
    };
}
