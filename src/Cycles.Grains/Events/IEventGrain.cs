using Cycles.Grains.Waits;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Json;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;

namespace Cycles.Grains.Events;

/// <summary>One event (key: its id): a charge without a reservation.</summary>
[Alias("cycles.event-grain"), ClientAccess(ClientAccess.None)]
public interface IEventGrain : IGrainWithStringKey
{
    /// <summary>Applies the event, or replays.</summary>
    [Alias("apply")]
    ValueTask<EventReply> Apply([Immutable] EventCommand command, [Immutable] Admission.Admission admission);
}

/// <summary>A validated POST /v1/events.</summary>
[GenerateSerializer, Immutable, Alias("cycles.event-command")]
public sealed record EventCommand
{
    /// <summary>The id that derives from the tenant and the idempotency key.</summary>
    [Id(0)]
    public required string Id { get; init; }

    /// <summary>The tenant.</summary>
    [Id(1)]
    public required string TenantId { get; init; }

    /// <summary>1 to 256 characters.</summary>
    [Id(2)]
    public required string IdempotencyKey { get; init; }

    /// <summary>The canonical hash of the body.</summary>
    [Id(3)]
    public required string PayloadHash { get; init; }

    /// <summary>Who acted.</summary>
    [Id(4)]
    public required Subject Subject { get; init; }

    /// <summary>What happened.</summary>
    [Id(5)]
    public required ActionInfo Action { get; init; }

    /// <summary>The derived scopes, root first.</summary>
    [Id(6)]
    public required ScopePath[] Scopes { get; init; }

    /// <summary>What it cost, at least 0.</summary>
    [Id(7)]
    public required Amount Actual { get; init; }

    /// <summary>What the request asks for; null for what the policies say.</summary>
    [Id(8)]
    public OveragePolicy? OveragePolicy { get; init; }

    /// <summary>Measurements.</summary>
    [Id(9)]
    public StandardMetrics? Metrics { get; init; }

    /// <summary>What the client's clock said, in Unix milliseconds.</summary>
    [Id(10)]
    public long? ClientTimeMs { get; init; }

    /// <summary>Free.</summary>
    [Id(11)]
    public RawJsonObject? Metadata { get; init; }

    /// <summary>Which attempt of its caller this is.</summary>
    [Id(12)]
    public CallAttempt Attempt { get; init; }
}

/// <summary>The event, or why it was not applied.</summary>
/// <param name="Problem">Why it was not applied.</param>
/// <param name="Event">The event.</param>
/// <param name="IsConflict">Whether the tenant must reload and ask again.</param>
[GenerateSerializer, Immutable, Alias("cycles.event-reply")]
public readonly record struct EventReply(
    [property: Id(0)] Problem? Problem,
    [property: Id(1)] EventRecord? Event,
    [property: Id(2)] bool IsConflict = false)
{
    internal static readonly EventReply Conflict = new(null, null, IsConflict: true);

    internal static EventReply Refused(Problem problem) => new(problem, null);
}
