using Cycles.Protocol.Errors;

namespace Cycles.Contracts.Agents;

/// <summary>
/// The door of agents that are Orleans clients (key: 0), the only grain that they may call. One on each silo, as many as are needed. It trusts
/// nothing that the client says but its API key.
/// </summary>
[Alias("cycles.agent"), ClientAccess(ClientAccess.Agents)]
public interface IAgentGrain : IGrainWithIntegerKey
{
    /// <summary>Does one operation of the runtime plane, with what the API key permits. Refused with UNAUTHORIZED or FORBIDDEN otherwise.</summary>
    [Alias("call")]
    ValueTask<AgentReply> Call([Immutable] AgentCall call);
}

/// <summary>An operation of the runtime plane.</summary>
public enum AgentOperation
{
    /// <summary>POST /v1/reservations.</summary>
    Reserve,

    /// <summary>POST /v1/decide.</summary>
    Decide,

    /// <summary>POST /v1/events.</summary>
    Apply,

    /// <summary>POST /v1/reservations/{id}/commit.</summary>
    Commit,

    /// <summary>POST /v1/reservations/{id}/release.</summary>
    Release,

    /// <summary>POST /v1/reservations/{id}/extend.</summary>
    Extend,

    /// <summary>GET /v1/reservations/{id}.</summary>
    Get,

    /// <summary>GET /v1/balances.</summary>
    Balances,
}

/// <summary>What an agent asks for.</summary>
[GenerateSerializer, Immutable, Alias("cycles.agent-call")]
public sealed record AgentCall
{
    /// <summary>The secret of an API key.</summary>
    [Id(0)]
    public required string ApiKey { get; init; }

    /// <summary>What to do.</summary>
    [Id(1)]
    public required AgentOperation Operation { get; init; }

    /// <summary>The reservation, for operations on one.</summary>
    [Id(2)]
    public string? ReservationId { get; init; }

    /// <summary>The request, in the protocol's JSON; empty where there is none. For <see cref="AgentOperation.Balances"/> the segments, one a line.</summary>
    [Id(3)]
    public byte[] Body { get; init; } = [];

    /// <summary>Without the key: Orleans logs what it calls.</summary>
    public override string ToString() => $"{Operation} {ReservationId}";
}

/// <summary>The answer.</summary>
/// <param name="Problem">Why there is none.</param>
/// <param name="Body">It, in the protocol's JSON.</param>
[GenerateSerializer, Immutable, Alias("cycles.agent-reply")]
public sealed record AgentReply([property: Id(0)] Problem? Problem, [property: Id(1)] byte[] Body);
