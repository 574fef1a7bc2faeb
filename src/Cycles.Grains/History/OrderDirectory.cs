using System.Buffers.Binary;
using Cycles.Grains.Runs;

namespace Cycles.Grains.History;

/// <summary>Where the pages of one order of a run begin, for each outcome, and where the last one ends.</summary>
internal sealed class OrderDirectory
{
    private const int PlaceBytes = 16;

    private readonly RunPlace[][] _firsts;
    private readonly RunPlace[] _lasts;

    private OrderDirectory(RunPlace[][] firsts, RunPlace[] lasts) => (_firsts, _lasts) = (firsts, lasts);

    /// <summary>About how much memory it takes, in bytes.</summary>
    public long Size => 200 + (PlaceBytes * _firsts.Sum(firsts => (long)firsts.Length));

    /// <summary>The first row of each page.</summary>
    public ReadOnlySpan<RunPlace> FirstsOf(Outcome outcome) => _firsts[(int)outcome];

    /// <summary>The last row of the last page.</summary>
    public RunPlace LastOf(Outcome outcome) => _lasts[(int)outcome];

    /// <summary>The page that has a place, or would have it: the last one that begins at or before it; -1 when all begin after it.</summary>
    public int PageOf(Outcome outcome, RunPlace place)
    {
        var found = Array.BinarySearch(_firsts[(int)outcome], place);
        return found >= 0 ? found : ~found - 1;
    }

    /// <summary>The directory of an order.</summary>
    /// <param name="rows">Its rows, sorted, for each outcome.</param>
    /// <param name="order">The order.</param>
    public static byte[] Write(HistoryRow[][] rows, HistoryOrder order)
    {
        var pages = rows.Select(sorted => HistoryFormat.Pages(sorted.Length, HistoryFormat.RowsInPage)).ToArray();
        var bytes = new byte[(4 * rows.Length) + (PlaceBytes * pages.Sum(count => count == 0 ? 0 : count + 1))];
        var header = bytes.AsSpan();
        var target = header[(4 * rows.Length)..];
        for (var outcome = 0; outcome < rows.Length; outcome++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(header[(4 * outcome)..], pages[outcome]);
            for (var page = 0; page < pages[outcome]; page++)
            {
                target = Put(target, rows[outcome][page * HistoryFormat.RowsInPage], order);
            }

            if (pages[outcome] > 0)
            {
                target = Put(target, rows[outcome][^1], order);
            }
        }

        return bytes;
    }

    /// <summary>The directory that <see cref="Write"/> has written.</summary>
    public static OrderDirectory Parse(byte[] bytes)
    {
        var firsts = new RunPlace[Outcomes.Count][];
        var lasts = new RunPlace[Outcomes.Count];
        var at = 4 * Outcomes.Count;
        for (var outcome = 0; outcome < firsts.Length; outcome++)
        {
            firsts[outcome] = new RunPlace[BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4 * outcome))];
            for (var page = 0; page < firsts[outcome].Length; page++, at += PlaceBytes)
            {
                firsts[outcome][page] = Get(bytes.AsSpan(at));
            }

            if (firsts[outcome].Length > 0)
            {
                lasts[outcome] = Get(bytes.AsSpan(at));
                at += PlaceBytes;
            }
        }

        return new OrderDirectory(firsts, lasts);
    }

    private static Span<byte> Put(Span<byte> target, HistoryRow row, HistoryOrder order)
    {
        var place = row.PlaceIn(order);
        BinaryPrimitives.WriteInt64LittleEndian(target, place.Key);
        BinaryPrimitives.WriteUInt64LittleEndian(target[8..], place.Id);
        return target[PlaceBytes..];
    }

    private static RunPlace Get(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
}
