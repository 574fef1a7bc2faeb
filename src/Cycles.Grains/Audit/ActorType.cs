using System.Text.Json.Serialization;

namespace Cycles.Grains.Audit;

/// <summary>Who acts (schema <c>Event.actor.type</c>, and <c>actor_type</c> in the audit log).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ActorType>))]
public enum ActorType
{
    /// <summary>The holder of the admin key.</summary>
    Admin,

    /// <summary>The holder of an API key, for its tenant.</summary>
    ApiKey,

    /// <summary>The holder of the admin key, with what a tenant could do itself.</summary>
    AdminOnBehalfOf,

    /// <summary>Nobody: the system by itself.</summary>
    System,

    /// <summary>Somebody who was refused before it was known who.</summary>
    Unauthenticated,
}

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
