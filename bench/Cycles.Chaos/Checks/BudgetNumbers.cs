using Cycles.Chaos.Load;

namespace Cycles.Chaos.Checks;

/// <summary>A budget's numbers as the server shows them.</summary>
internal readonly record struct BudgetNumbers(long Allocated, long Spent, long Reserved, long Debt)
{
    public static BudgetNumbers Of(Answer answer) =>
        new(answer.Amount("allocated"), answer.Amount("spent"), answer.Amount("reserved"), answer.Amount("debt"));
}
