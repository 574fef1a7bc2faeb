using System.Text.Json.Nodes;

namespace Cycles.Cluster.Tests.Checks;

/// <summary>A budget as the server shows it.</summary>
internal sealed record BudgetNumbers(long Allocated, long Remaining, long Reserved, long Spent, long Debt, bool IsOverLimit)
{
    public static BudgetNumbers Parse(JsonObject ledger) => new(
        Amount(ledger, "allocated"),
        Amount(ledger, "remaining"),
        Amount(ledger, "reserved"),
        Amount(ledger, "spent"),
        Amount(ledger, "debt"),
        (bool)ledger["is_over_limit"]!);

    private static long Amount(JsonObject ledger, string name) => (long)ledger[name]!["amount"]!;
}
