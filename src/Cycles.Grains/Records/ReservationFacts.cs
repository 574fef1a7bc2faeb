using Cycles.Grains.Journal;

namespace Cycles.Grains.Records;

/// <summary>A reservation has been made or has changed.</summary>
/// <param name="Row">As it is now.</param>
[GenerateSerializer, Immutable, Alias("cycles.fact.reservation-changed")]
internal sealed record ReservationChanged([property: Id(0)] ReservationRow Row) : Fact
{
    public override FactKind Kind => FactKind.Reservations;

    public override object Subject => Row.Id;
}

/// <summary>Reservations are in the history now, and not among the others any more.</summary>
/// <param name="Ids">Which.</param>
[GenerateSerializer, Immutable, Alias("cycles.fact.reservations-sealed")]
internal sealed record ReservationsSealed([property: Id(0)] string[] Ids) : Fact
{
    public override FactKind Kind => FactKind.Reservations;
}
