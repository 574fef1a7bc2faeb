using Cycles.Contracts.Audit;
using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Audit.Index;
using Cycles.Grains.Audit.Search;
using Cycles.Grains.Records;
using Cycles.Grains.Store;
using Cycles.Protocol.Audit;

namespace Cycles.Grains.Tests.Audit;

public sealed class AuditIndexTests
{
    private static readonly DateTimeOffset Now = new(2026, 4, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly StoreOptions Options = new()
    {
        AuditRetention = TimeSpan.FromDays(10),
        UnauthenticatedAuditRetention = TimeSpan.FromDays(2),
    };

    [Fact]
    public void What_is_past_its_retention_is_not_found_and_goes_with_its_day()
    {
        var retention = AuditRetention.At(Now, Options);
        var index = new AuditIndex();
        index.Insert(
        [
            RowOf("acme", Now.AddDays(-10).AddSeconds(-1)), RowOf("acme", Now.AddDays(-10).AddSeconds(1)), RowOf("acme", Now.AddDays(-11)),
            RowOf(AuditLogEntry.UnauthenticatedTenant, Now.AddDays(-2).AddSeconds(-1)), RowOf(AuditLogEntry.UnauthenticatedTenant, Now),
            RowOf(AuditLogEntry.UnauthenticatedTenant, Now.AddDays(-3)),
        ]);

        foreach (var sort in Enum.GetValues<AuditSort>())
        {
            Assert.Equal(2, new AuditSearch(index, new AuditQuery { Limit = 10, SortBy = sort }, retention).Find(null).Count);
        }

        var rest = index.Where(retention.ShowsDay);
        Assert.Equal(4, rest.Count);
        Assert.Equal(0, rest.CountOf("acme", AuditDays.NumberOf(Now.AddDays(-11))));
        Assert.Equal(2, rest.CountOf("acme", AuditDays.NumberOf(Now.AddDays(-10))));
        Assert.Equal(2, new AuditSearch(rest, new AuditQuery { Limit = 10 }, retention).Find(null).Count);
    }

    [Fact]
    public void A_day_that_goes_takes_its_texts_along()
    {
        var index = new AuditIndex();
        index.Insert([RowOf("acme", Now) with { ResourceId = "new" }, RowOf("acme", Now.AddDays(-1)) with { ResourceId = "old" }]);

        var rest = index.Where((_, day) => day == AuditDays.NumberOf(Now));

        Assert.Null(rest.Texts(AuditField.ResourceId).Find("old"));
        Assert.NotNull(rest.Texts(AuditField.ResourceId).Find("new"));
    }

    [Fact]
    public void What_cannot_be_read_is_counted_and_does_not_look_missing()
    {
        var index = new AuditIndex();
        index.Insert([RowOf("acme", Now)]);
        index.SetUnreadable("acme", AuditDays.NumberOf(Now), 2);
        index.SetUnreadable("acme", AuditDays.NumberOf(Now), 2);

        Assert.Equal(3, index.CountOf("acme", AuditDays.NumberOf(Now)));
        Assert.Equal(3, index.Where((_, _) => true).CountOf("acme", AuditDays.NumberOf(Now)));
    }

    [Theory]
    [InlineData("log_0123456789abcdef0123456789abcdef", true)]
    [InlineData("log_0123456789ABCDEF0123456789abcdef", false)]
    [InlineData("log_0123456789abcdef", false)]
    [InlineData("key_0123456789abcdef0123456789abcdef", false)]
    [InlineData("", false)]
    public void An_id_is_read_as_it_was_written_or_not_at_all(string text, bool isOne)
    {
        Assert.Equal(isOne, AuditLogIds.TryParse(text, out var id));
        Assert.True(!isOne || AuditLogIds.Format(id) == text);
    }

    internal static AuditRow RowOf(string tenantId, DateTimeOffset at) => new()
    {
        LogId = AuditLogIds.Create(at),
        Timestamp = at,
        TenantId = tenantId,
        Operation = "createBudget",
        Status = 201,
    };
}
