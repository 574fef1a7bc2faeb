namespace Cycles.Contracts.Calls;

/// <summary>Which attempt of which call this is: a gateway that does not know what became of one makes the next.</summary>
/// <param name="CallId">The same for all attempts of one request; empty when there is only one.</param>
/// <param name="Number">1, 2, …</param>
[GenerateSerializer, Immutable, Alias("cycles.attempt")]
public readonly record struct CallAttempt([property: Id(0)] Guid CallId, [property: Id(1)] int Number)
{
    /// <summary>The call's id as text; null when it has none.</summary>
    public string? Key => CallId == Guid.Empty ? null : CallId.ToString("N");

    /// <summary>Whether an earlier attempt may be on its way.</summary>
    public bool IsRepetition => Number > 1;
}
