using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Audit.Index;
using Cycles.Grains.Journal;
using Cycles.Grains.Records;
using Cycles.Grains.Tests.Journal;

namespace Cycles.Grains.Tests.Audit;

/// <summary>When an entry that the audit index has found in the store is a fault (event 1303).</summary>
public sealed class UntoldEntriesTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ManualTime _time = new();
    private readonly UntoldEntries _untold;

    public UntoldEntriesTests() => _untold = new UntoldEntries(_time);

    [Fact]
    public void An_entry_that_its_silo_tells_of_a_moment_later_is_no_fault()
    {
        _untold.Found(Row("log_1"));
        _time.Advance(TimeSpan.FromSeconds(1));
        _untold.Told([Kept("log_1")]);

        _time.Advance(Patience * 2);
        Assert.Equal(0, _untold.TakeOverdue(Patience));
    }

    [Fact]
    public void An_entry_that_no_silo_tells_of_is_a_fault_once_and_not_before_its_time()
    {
        _untold.Found(Row("log_1"));
        _untold.Told([Kept("log_2")]);
        _time.Advance(Patience);
        Assert.Equal(0, _untold.TakeOverdue(Patience));

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, _untold.TakeOverdue(Patience));
        Assert.Equal(0, _untold.TakeOverdue(Patience));
    }

    [Fact]
    public void A_tenant_that_its_ledger_has_in_doubt_has_no_fault_and_others_keep_theirs()
    {
        _untold.Found(Row("log_1", "acme"));
        _untold.Found(Row("log_2", "other"));
        _untold.Told([new TenantChanged(FactKind.Audit, "acme")]);

        _time.Advance(Patience * 2);
        Assert.Equal(1, _untold.TakeOverdue(Patience));
    }

    [Fact]
    public void What_is_read_anew_is_no_fault()
    {
        _untold.Found(Row("log_1"));
        _untold.Clear();

        _time.Advance(Patience * 2);
        Assert.Equal(0, _untold.TakeOverdue(Patience));
    }

    private static AuditEntryKept Kept(string id) => new(Row(id));

    private static AuditRow Row(string id, string tenantId = "acme") => new()
    {
        LogId = id,
        Timestamp = DateTimeOffset.UnixEpoch,
        TenantId = tenantId,
        Operation = "updateTenant",
        Status = 200,
    };
}
