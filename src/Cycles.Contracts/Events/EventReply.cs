using Cycles.Protocol.Errors;

namespace Cycles.Contracts.Events;

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
    /// <summary>The tenant must reload and ask again.</summary>
    public static readonly EventReply Conflict = new(null, null, IsConflict: true);

    /// <summary>Not applied.</summary>
    public static EventReply Refused(Problem problem) => new(problem, null);
}
