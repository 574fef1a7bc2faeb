using Cycles.Grains.Store;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Scopes;

namespace Cycles.Grains.Budgets;

/// <summary>Which budget: a scope has one for each unit.</summary>
/// <param name="Scope">The scope.</param>
/// <param name="Unit">The unit.</param>
[GenerateSerializer, Immutable, Alias("cycles.budget-key")]
internal readonly record struct BudgetKey([property: Id(0)] ScopePath Scope, [property: Id(1)] Unit Unit)
{
    /// <summary>The budget of a field of the hash of budgets, which this system wrote.</summary>
    public static BudgetKey Parse(string field)
    {
        var bar = field.LastIndexOf('|');
        return bar > 0 && UnitNames.TryParse(field[(bar + 1)..], out var unit)
            ? new BudgetKey(ScopePath.FromCanonical(field[..bar]), unit)
            : throw new InvalidDataException($"{field} is no budget");
    }

    /// <summary>Its field in the hash of budgets; unique over all tenants.</summary>
    public override string ToString() => TenantKeys.BudgetField(Scope, Unit);
}
