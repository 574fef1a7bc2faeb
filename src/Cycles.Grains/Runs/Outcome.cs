using Cycles.Protocol.Reservations;

namespace Cycles.Grains.Runs;

/// <summary>How something ended that is in the history. The names of the first three are in alphabetical order, as a list by status shows them.</summary>
internal enum Outcome
{
    /// <summary>A reservation that was committed.</summary>
    Committed,

    /// <summary>A reservation that expired.</summary>
    Expired,

    /// <summary>A reservation that was released.</summary>
    Released,

    /// <summary>The answer to a dry run. No list shows it.</summary>
    DryRun,
}

/// <summary>Outcomes as statuses.</summary>
internal static class Outcomes
{
    /// <summary>How many there are.</summary>
    public const int Count = 4;

    /// <summary>Those that lists show.</summary>
    public static readonly Outcome[] Listed = [Outcome.Committed, Outcome.Expired, Outcome.Released];

    /// <summary>The status of a reservation that ended so.</summary>
    public static ReservationStatus ToStatus(this Outcome outcome) => outcome switch
    {
        Outcome.Committed => ReservationStatus.Committed,
        Outcome.Expired => ReservationStatus.Expired,
        Outcome.Released => ReservationStatus.Released,
        _ => throw new InvalidOperationException("a dry run has no status"),
    };

    /// <summary>How a reservation with that status ended; null while it is active.</summary>
    public static Outcome? ToOutcome(this ReservationStatus status) => status switch
    {
        ReservationStatus.Committed => Outcome.Committed,
        ReservationStatus.Expired => Outcome.Expired,
        ReservationStatus.Released => Outcome.Released,
        _ => null,
    };
}
