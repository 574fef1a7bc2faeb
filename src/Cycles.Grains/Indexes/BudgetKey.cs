using Cycles.Grains.Store;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Scopes;

namespace Cycles.Grains.Indexes;

/// <summary>Which budget: a scope has one for each unit.</summary>
/// <param name="Scope">The scope.</param>
/// <param name="Unit">The unit.</param>
[GenerateSerializer, Immutable, Alias("cycles.budget-key")]
internal readonly record struct BudgetKey([property: Id(0)] ScopePath Scope, [property: Id(1)] Unit Unit)
{
    /// <summary>The budget of a field of the hash of budgets, which this system wrote.</summary>
    internal static bool TryParse(string field, out BudgetKey key)
    {
        var bar = field.LastIndexOf('|');
        key = default;
        if (bar <= 0 || !UnitNames.TryParse(field[(bar + 1)..], out var unit))
        {
            return false;
        }

        key = new BudgetKey(ScopePath.FromCanonical(field[..bar]), unit);
        return true;
    }

    /// <summary>Its field in the hash of budgets; unique over all tenants.</summary>
    public override string ToString() => TenantKeys.BudgetField(Scope, Unit);
}
