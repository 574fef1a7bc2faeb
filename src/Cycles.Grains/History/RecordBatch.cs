using System.Globalization;
using Cycles.Grains.Store;
using StackExchange.Redis;

namespace Cycles.Grains.History;

/// <summary>
/// The name of a batch of records, which says how many records each of its pages has: <c>{16 hex digits}x{records}</c>. Large records have smaller pages, as the
/// store takes no value above some megabytes.
/// </summary>
internal static class RecordBatch
{
    /// <summary>The records in a page, when they are not large.</summary>
    public const int UsualPage = 32;

    private const int LargePage = 512 * 1024;

    /// <summary>A new batch of these records, and what its keys hold.</summary>
    public static (string Batch, IEnumerable<KeyValuePair<RedisKey, byte[]>> Values) Write(TenantKeys tenant, IReadOnlyCollection<byte[]> records)
    {
        var batch = Name([.. records.Select(record => record.Length)]);
        return (batch, records.Chunk(RecordsInPage(batch)).Select((page, i) => new KeyValuePair<RedisKey, byte[]>(tenant.Batch(batch, i), RecordPage.Write(page))));
    }

    /// <summary>The name of a new batch for records of these lengths.</summary>
    public static string Name(IReadOnlyCollection<int> lengths)
    {
        var inPage = UsualPage;
        while (inPage > 1 && lengths.Chunk(inPage).Any(page => page.Sum() > LargePage))
        {
            inPage /= 2;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{Guid.NewGuid().ToString("N")[..16]}x{inPage}");
    }

    /// <summary>The records in a page of a batch.</summary>
    public static int RecordsInPage(string batch) => int.Parse(batch.AsSpan(batch.IndexOf('x') + 1), NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>The page that has a row.</summary>
    public static int PageOf(string batch, int row) => row / RecordsInPage(batch);

    /// <summary>The row's place in that page.</summary>
    public static int SlotOf(string batch, int row) => row % RecordsInPage(batch);
}
