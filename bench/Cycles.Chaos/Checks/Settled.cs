using Cycles.Chaos.Load;

namespace Cycles.Chaos.Checks;

/// <summary>A reservation whose end was acknowledged.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Status">COMMITTED or RELEASED.</param>
internal sealed record Settled(string Id, string Status)
{
    /// <summary>Compares what the server says of it now.</summary>
    /// <returns>What is wrong; null when nothing is.</returns>
    public string? Compare(Answer found) => found.IsSuccess && (string?)found.Body?["status"] == Status
        ? null
        : $"reservation {Id} was acknowledged as {Status}, but is now {found}";
}
