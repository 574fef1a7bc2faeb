using System.Text;
using Cycles.Grains.Ledger;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;

namespace Cycles.Grains.Tests.Ledger;

public sealed class TenantQuotaTests
{
    private const long DayMs = 24 * 60 * 60 * 1000;

    private static readonly TenantKeys Keys = new("acme");

    private long _nowMs = 20_000 * DayMs;

    [Fact]
    public void Active_reservations_are_counted_from_what_the_store_holds()
    {
        var quota = QuotaOf(new StoreOptions { MaxOutstanding = 3 }, outstanding: 2);

        Assert.Null(quota.Check(Of(QuotaUse.Reservation)));
        quota.Count(Of(QuotaUse.Reservation));
        Assert.Equal(CommitOutcome.TooManyOutstanding, quota.Check(Of(QuotaUse.Reservation)));
        Assert.Null(quota.Check(Of(QuotaUse.Record)));
        Assert.Null(quota.Check(Of(QuotaUse.ReservationEnd)));
        Assert.Null(quota.Check(Of(QuotaUse.None)));

        quota.Count(Of(QuotaUse.ReservationEnd));
        Assert.Null(quota.Check(Of(QuotaUse.Reservation)));
    }

    [Fact]
    public void Without_a_limit_nothing_is_refused()
    {
        var quota = QuotaOf(new StoreOptions { MaxOutstanding = 0, MaxBytesPerDay = 0 }, outstanding: long.MaxValue / 2, saved: $"{_nowMs / DayMs} {long.MaxValue / 2}");

        Assert.Null(quota.Check(Of(QuotaUse.Reservation)));
    }

    [Fact]
    public void Bytes_of_everything_count_and_only_what_adds_is_refused_until_the_day_is_over()
    {
        var quota = QuotaOf(new StoreOptions { MaxBytesPerDay = 1_000_000 });

        quota.Count(Of(QuotaUse.None, bytes: 1_000_000));
        Assert.Equal(CommitOutcome.TooManyBytes, quota.Check(Of(QuotaUse.Reservation)));
        Assert.Equal(CommitOutcome.TooManyBytes, quota.Check(Of(QuotaUse.Record)));
        Assert.Null(quota.Check(Of(QuotaUse.ReservationEnd)));
        Assert.Null(quota.Check(Of(QuotaUse.None)));

        _nowMs += DayMs;
        Assert.Null(quota.Check(Of(QuotaUse.Reservation)));
        Assert.Equal(0, quota.BytesToday);
    }

    [Fact]
    public void The_count_of_bytes_goes_with_a_transaction_before_a_hundredth_of_the_quota_is_unsaved()
    {
        var options = new StoreOptions { MaxBytesPerDay = 1_000_000 };
        var quota = QuotaOf(options);
        string? saved = null;
        for (var i = 0; i < 1000; i++)
        {
            foreach (var write in quota.Count(Of(QuotaUse.Record, bytes: 500)).Writes.Where(write => write.Key == (string)Keys.Usage!))
            {
                saved = Encoding.ASCII.GetString(write.Value);
            }
        }

        var reloaded = QuotaOf(options, saved: saved);
        Assert.InRange(reloaded.BytesToday, quota.BytesToday - 11_000, quota.BytesToday);

        _nowMs += DayMs;
        Assert.Equal(0, QuotaOf(options, saved: saved).BytesToday);
    }

    private TenantQuota QuotaOf(StoreOptions options, long outstanding = 0, string? saved = null) => new(options, Keys, () => _nowMs, outstanding, saved);

    private static LedgerTransaction Of(QuotaUse use, int bytes = 1) => new()
    {
        QuotaUse = use,
        Writes = [StoreWrite.Set(Keys.Event("evt"), new byte[bytes])],
    };
}
