using Cycles.Grains.Audit;
using Cycles.Protocol.Audit;

namespace Cycles.Grains.Tests.Audit;

public sealed class RecentEntriesTests
{
    private readonly RecentEntries _recent = new(most: 3);

    [Fact]
    public void An_entry_is_found_until_twice_as_many_have_come_after_it()
    {
        Add(1);
        Assert.NotNull(_recent.Find("log_1"));
        Add(2, 3, 4, 5, 6);
        Assert.NotNull(_recent.Find("log_6"));
        Add(7);
        Assert.Null(_recent.Find("log_1"));
        Assert.Null(_recent.Find("log_8"));
    }

    [Fact]
    public void An_entry_that_is_asked_for_stays()
    {
        for (var number = 1; number < 50; number++)
        {
            Add(number);
            Assert.Equal("log_1", _recent.Find("log_1")?.LogId);
        }
    }

    private void Add(params int[] numbers)
    {
        foreach (var number in numbers)
        {
            _recent.Add(new AuditLogEntry
            {
                LogId = $"log_{number}",
                Timestamp = DateTimeOffset.UnixEpoch,
                TenantId = "acme",
                Operation = "createBudget",
                Status = 201,
            });
        }
    }
}
