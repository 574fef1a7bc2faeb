using System.Globalization;
using Cycles.Grains.Store;
using Cycles.Grains.Transactions;

namespace Cycles.Grains.Ledger;

/// <summary>
/// How much of the store one tenant takes: its active reservations, and the bytes that it has had written on the present UTC day. Both are
/// counted in memory when the ledger accepts a transaction, so neither costs a read or a write of its own.
/// </summary>
/// <remarks>
/// The reservations are counted once when the ledger is activated (ZCARD of <c>due</c>) and are exact from then on, as only the ledger writes.
/// The bytes go along with a transaction every <see cref="SaveEvery"/> bytes: a ledger that is activated anew has missed at most that many.
/// </remarks>
internal sealed class TenantQuota
{
    private const long MostUnsaved = 256 * 1024;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(2);

    private readonly StoreOptions _options;
    private readonly string _key;
    private readonly Func<long> _nowMs;
    private long _day;
    private long _bytes;
    private long _savedBytes;

    /// <param name="options">The limits; 0 is none.</param>
    /// <param name="keys">The tenant's keys.</param>
    /// <param name="nowMs">The store's clock, in Unix milliseconds.</param>
    /// <param name="outstanding">The active reservations now.</param>
    /// <param name="saved">What <see cref="TenantKeys.Usage"/> holds; null when nothing.</param>
    public TenantQuota(StoreOptions options, TenantKeys keys, Func<long> nowMs, long outstanding, string? saved)
    {
        (_options, _key, _nowMs, Outstanding) = (options, keys.Usage!, nowMs, outstanding);
        if (saved?.Split(' ') is [var day, var bytes]
            && long.TryParse(day, NumberStyles.None, CultureInfo.InvariantCulture, out _day)
            && long.TryParse(bytes, NumberStyles.None, CultureInfo.InvariantCulture, out _bytes))
        {
            _savedBytes = _bytes;
        }
    }

    /// <summary>The tenant's active reservations.</summary>
    public long Outstanding { get; private set; }

    /// <summary>The bytes written for the tenant on the present UTC day.</summary>
    public long BytesToday => Today == _day ? _bytes : 0;

    // A small limit is saved more often, so that it is not missed by much.
    private long SaveEvery => _options.MaxBytesPerDay > 0 ? Math.Clamp(_options.MaxBytesPerDay / 100, 1, MostUnsaved) : MostUnsaved;

    private long Today => _nowMs() / (long)TimeSpan.FromDays(1).TotalMilliseconds;

    /// <summary>Counts what the store holds.</summary>
    public static async Task<TenantQuota> LoadAsync(RedisStore store, StoreClock clock, TenantKeys keys, StoreOptions options)
    {
        var outstanding = store.Database.SortedSetLengthAsync(keys.Due);
        var saved = store.Database.StringGetAsync(keys.Usage);
        return new TenantQuota(options, keys, () => clock.NowMs, await outstanding, await saved);
    }

    /// <summary>Why the quota refuses a transaction; null when it does not. Only what adds to the store is ever refused.</summary>
    public CommitOutcome? Check(LedgerTransaction transaction)
    {
        var refusal = transaction.QuotaUse switch
        {
            QuotaUse.Reservation when _options.MaxOutstanding > 0 && Outstanding >= _options.MaxOutstanding => CommitOutcome.TooManyOutstanding,
            QuotaUse.Reservation or QuotaUse.Record when _options.MaxBytesPerDay > 0 && BytesToday >= _options.MaxBytesPerDay =>
                CommitOutcome.TooManyBytes,
            _ => (CommitOutcome?)null,
        };
        if (refusal is { } outcome)
        {
            Telemetry.QuotaRefused(outcome == CommitOutcome.TooManyOutstanding ? "Outstanding" : "Bytes");
        }

        return refusal;
    }

    /// <summary>Counts a transaction that is accepted, and lets it carry the count of bytes from time to time.</summary>
    public LedgerTransaction Count(LedgerTransaction transaction)
    {
        if (transaction.QuotaUse == QuotaUse.Unmetered)
        {
            return transaction;
        }

        Outstanding += transaction.QuotaUse switch
        {
            QuotaUse.Reservation => 1,
            QuotaUse.ReservationEnd when Outstanding > 0 => -1,
            _ => 0,
        };
        if (Today is var today && today != _day)
        {
            (_day, _bytes, _savedBytes) = (today, 0, 0);
        }

        _bytes += TransactionSize.Of(transaction);
        if (_bytes - _savedBytes < SaveEvery)
        {
            return transaction;
        }

        _savedBytes = _bytes;
        var usage = StoreWrite.Set(_key, Format(_day, _bytes), Kept);
        return transaction with { Writes = [.. transaction.Writes, usage] };
    }

    /// <summary>Takes back what was counted of a transaction that was not written after all.</summary>
    public void Undo(LedgerTransaction transaction)
    {
        if (transaction.QuotaUse == QuotaUse.Unmetered)
        {
            return;
        }

        Outstanding += transaction.QuotaUse switch
        {
            QuotaUse.Reservation when Outstanding > 0 => -1,
            QuotaUse.ReservationEnd => 1,
            _ => 0,
        };
        _bytes = Math.Max(0, _bytes - TransactionSize.Of(transaction));
        _savedBytes = Math.Min(_savedBytes, _bytes);
    }

    private static byte[] Format(long day, long bytes) =>
        System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{day} {bytes}"));
}
