using System.Text;
using Cycles.Contracts.Periods;
using Cycles.Contracts.Scopes;
using Cycles.Grains.Periods;
using Cycles.Grains.Records;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;

namespace Cycles.Grains.Tests.Periods;

public sealed class PeriodRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    private static readonly BudgetRecord Budget = new()
    {
        LedgerId = "bud_acme_1",
        TenantId = "acme",
        Scope = "tenant:acme",
        Unit = Unit.Tokens,
        Status = BudgetStatus.Active,
        OverdraftLimit = 0,
        CreatedAt = Now.AddDays(-10),
    };

    [Fact]
    public void A_period_is_over_at_its_end_and_not_before()
    {
        var record = Budget with { PeriodEnd = Now };

        Assert.False(record.IsPeriodOver(Now.ToUnixTimeMilliseconds() - 1));
        Assert.True(record.IsPeriodOver(Now.ToUnixTimeMilliseconds()));
        Assert.False((record with { Status = BudgetStatus.Closed }).IsPeriodOver(long.MaxValue));
        Assert.False(Budget.IsPeriodOver(long.MaxValue));
    }

    [Fact]
    public void A_period_that_does_not_recur_is_followed_by_one_without_an_end()
    {
        var next = PeriodRules.Next(Budget with { PeriodStart = Now.AddDays(-3), PeriodEnd = Now.AddDays(-1) }, Now, out var periods);

        Assert.Equal((Now.AddDays(-1), null, 1), (next.PeriodStart, next.PeriodEnd, periods));
        Assert.Null(next.EndsAtMs());
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(45, 46)]
    public void After_a_long_downtime_the_present_period_runs_and_the_missed_ones_are_counted(int missed, long expected)
    {
        var end = new DateTimeOffset(2026, 11, 25, 0, 0, 0, TimeSpan.Zero).AddDays(-missed);
        var record = Budget with { Recurrence = Recurrence.Daily, PeriodStart = end.AddDays(-1), PeriodEnd = end };

        var next = PeriodRules.Next(record, Now, out var periods);

        Assert.Equal(expected, periods);
        Assert.True(next.PeriodStart <= Now && Now < next.PeriodEnd);
        Assert.False(next.IsPeriodOver(Now.ToUnixTimeMilliseconds()));
    }

    [Fact]
    public void A_schedule_takes_over_the_period_that_runs_now()
    {
        var record = PeriodRules.Schedule(Budget, 70, new PeriodSchedule(Recurrence.Monthly, null, null, RolloverPolicy.CarryForward), Now);

        Assert.Equal(new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero), record.PeriodStart);
        Assert.Equal(new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero), record.PeriodEnd);
        Assert.Equal((70, RolloverPolicy.CarryForward), (record.PeriodAllocated!.Value, record.RolloverPolicy));
    }

    [Theory]
    [InlineData(-400)]
    [InlineData(0)]
    [InlineData(3)]
    public void The_same_schedule_again_changes_nothing(int startsInDays)
    {
        var schedule = new PeriodSchedule(Recurrence.Weekly, Now.AddDays(startsInDays), null, null);
        var record = PeriodRules.Schedule(Budget, 70, schedule, Now);

        // Later, and after a credit: what a period begins with was settled the first time.
        Assert.Same(record, PeriodRules.Schedule(record, 90, schedule, Now.AddHours(1)));
    }

    [Fact]
    public void A_schedule_that_begins_ahead_ends_the_present_period_there()
    {
        var start = Now.AddDays(3);

        var record = PeriodRules.Schedule(Budget, 70, new PeriodSchedule(Recurrence.Monthly, start, null, null), Now);
        var next = PeriodRules.Next(record, start, out var periods);

        Assert.Equal((Budget.CreatedAt, start), (record.PeriodStart, record.PeriodEnd));
        Assert.Equal((start, start.AddMonths(1), 1), (next.PeriodStart, next.PeriodEnd, periods));
    }

    [Fact]
    public void Only_what_says_what_the_budget_is_from_now_on_changes_what_a_period_begins_with()
    {
        var record = Budget with { PeriodAllocated = 100 };

        Assert.Equal(50, PeriodRules.Funded(record, FundingOperation.Reset, 50).PeriodAllocated);
        Assert.Equal(50, PeriodRules.Funded(record, FundingOperation.ResetSpent, 50).PeriodAllocated);
        Assert.Same(record, PeriodRules.Funded(record, FundingOperation.Credit, 50));
        Assert.Same(record, PeriodRules.Funded(record, FundingOperation.Debit, 50));
        Assert.Same(record, PeriodRules.Funded(record, FundingOperation.RepayDebt, 50));
        Assert.Same(Budget, PeriodRules.Funded(Budget, FundingOperation.Reset, 50));
    }

    [Fact]
    public void A_record_of_an_earlier_version_is_read()
    {
        const string Stored =
            """{"ledger_id":"bud_acme_1","tenant_id":"acme","scope":"tenant:acme","unit":"TOKENS","status":"ACTIVE","overdraft_limit":0,"rollover_policy":"NONE","created_at":"2026-11-15T12:00:00+00:00"}""";

        Assert.Equal(Budget, GrainJson.Read(Encoding.UTF8.GetBytes(Stored), GrainJson.Default.BudgetRecord));
    }
}
