namespace Cycles.Cluster.Tests.Model;

/// <summary>A tenant of the test and its budgets. Large amounts are odd numbers beyond 2^53, which a double cannot hold.</summary>
internal sealed class TenantModel
{
    private const long Huge = (1L << 62) + 1;
    private const long Large = (1L << 60) + 1;
    private const long Small = 20_001;

    public TenantModel(string id, int workers)
    {
        Id = id;
        var root = Add("", Huge, BudgetKind.Ample);
        var ample = Add("/workspace:ample", Large, BudgetKind.Ample);
        var tight = Add("/workspace:tight", Small, BudgetKind.Tight);
        var debt = Add("/workspace:debt", 0, BudgetKind.DebtOnly, Large);
        var privates = Add("/workspace:private", Large, BudgetKind.Ample);
        Shared =
        [
            [root, ample, Add("/workspace:ample/agent:ample", Large, BudgetKind.Ample)],
            [root, ample, Add("/workspace:ample/agent:tight", Small, BudgetKind.Tight)],
            [root, ample, Add("/workspace:ample/agent:overdrawn", Small, BudgetKind.Overdrawn, 5_000)],
            [root, tight, Add("/workspace:tight/agent:ample", Large, BudgetKind.Ample)],
        ];
        Debt = [root, debt];
        Private =
        [
            .. Enumerable.Range(0, workers).Select(worker => (BudgetModel[])
                [root, privates, Add($"/workspace:private/agent:worker-{worker}", Small, BudgetKind.Private, worker % 2 == 0 ? 3_000 : 0)]),
        ];
    }

    public string Id { get; }

    public List<BudgetModel> Budgets { get; } = [];

    /// <summary>The paths that all workers use, each root first.</summary>
    public BudgetModel[][] Shared { get; }

    /// <summary>The path on which every charge is debt.</summary>
    public BudgetModel[] Debt { get; }

    /// <summary>The path of each worker alone.</summary>
    public BudgetModel[][] Private { get; }

    private BudgetModel Add(string path, long allocated, BudgetKind kind, long overdraftLimit = 0)
    {
        var budget = new BudgetModel(Id, $"tenant:{Id}{path}", allocated, overdraftLimit, kind);
        Budgets.Add(budget);
        return budget;
    }
}
