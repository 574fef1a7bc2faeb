using Cycles.Chaos.Load;

namespace Cycles.Chaos.Checks;

/// <summary>A request and the final answer that a client got to it.</summary>
internal sealed record Acknowledged(Request Request, Answer Answer)
{
    /// <summary>Compares the answer to a repetition.</summary>
    /// <returns>What is wrong; null when nothing is.</returns>
    public string? Compare(Answer again) => again.IsReplayOf(Answer)
        ? null
        : $"{Request.Method} {Request.Path} {Request.Body} was answered {Answer}, and under the same key again {again}";
}
