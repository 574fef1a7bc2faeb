using Cycles.Bench.Load;

namespace Cycles.Bench.Rows;

/// <summary>Whether the answers were the wanted ones.</summary>
internal static class AnswerCheck
{
    /// <summary>What is wrong with a run, or null.</summary>
    public static string? Find(Row row, WrkResult result) => result switch
    {
        { Requests: 0 } => "no answer at all",
        { SocketErrors: > 0 } => $"{result.SocketErrors} socket errors or timeouts",
        { Refused: > 0 } => $"{result.Refused} unwanted answers, the first: {result.Refusal}",
        { ErrorStatuses: > 0 } when row.Workload != Workload.Denial => $"{result.ErrorStatuses} answers of status 400 and above",
        _ => null,
    };
}
