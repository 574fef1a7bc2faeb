using System.Text.Json.Serialization;

namespace Cycles.Contracts.Audit;

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
