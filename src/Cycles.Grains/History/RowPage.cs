using System.Buffers.Binary;
using Cycles.Grains.Runs;

namespace Cycles.Grains.History;

/// <summary>
/// A page of one order of a run: rows of one outcome with all that lists filter by, in a fixed width, so that a row is found without reading those before it.
/// </summary>
/// <param name="bytes">The page as it is stored.</param>
/// <param name="order">The order that it belongs to.</param>
/// <param name="outcome">How its rows ended.</param>
internal sealed class RowPage(byte[] bytes, HistoryOrder order, Outcome outcome)
{
    private const int MomentBytes = 6;
    private const int LeastWidth = 8 + (3 * MomentBytes) + 2 + 4;

    private readonly int _width = WidthIn(order);

    /// <summary>The rows.</summary>
    public int Count => bytes.Length / _width;

    /// <summary>The row at a place from 0 on.</summary>
    public HistoryRow this[int index]
    {
        get
        {
            var row = bytes.AsSpan(index * _width, _width);
            var place = BinaryPrimitives.ReadUInt32LittleEndian(row[28..]);
            return new HistoryRow(
                BinaryPrimitives.ReadUInt64LittleEndian(row),
                ReadMoment(row[8..]),
                ReadMoment(row[14..]),
                ReadMoment(row[20..]),
                HasReserved(order) ? BinaryPrimitives.ReadInt64LittleEndian(row[LeastWidth..]) : 0,
                BinaryPrimitives.ReadUInt16LittleEndian(row[26..]),
                new RecordPlace((int)(place / HistoryFormat.BatchRows), (int)(place % HistoryFormat.BatchRows)),
                outcome);
        }
    }

    /// <summary>The page of these rows.</summary>
    public static byte[] Write(ReadOnlySpan<HistoryRow> rows, HistoryOrder order)
    {
        var width = WidthIn(order);
        var page = new byte[rows.Length * width];
        for (var i = 0; i < rows.Length; i++)
        {
            var row = rows[i];
            var target = page.AsSpan(i * width, width);
            BinaryPrimitives.WriteUInt64LittleEndian(target, row.Id);
            WriteMoment(target[8..], row.CreatedMs);
            WriteMoment(target[14..], row.ExpiresMs);
            WriteMoment(target[20..], row.EndedMs);
            BinaryPrimitives.WriteUInt16LittleEndian(target[26..], checked((ushort)row.Scope));
            BinaryPrimitives.WriteUInt32LittleEndian(target[28..], checked((uint)((row.Place.Batch * HistoryFormat.BatchRows) + row.Place.Row)));
            if (HasReserved(order))
            {
                BinaryPrimitives.WriteInt64LittleEndian(target[LeastWidth..], row.Reserved);
            }
        }

        return page;
    }

    /// <summary>The first row that does not come before a place in the order; <see cref="Count"/> when all do.</summary>
    public int Find(RunPlace place)
    {
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (this[middle].PlaceIn(order).CompareTo(place) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    // The order by scope has it too: rows are gathered from it, and runs are merged from it.
    private static bool HasReserved(HistoryOrder order) => order is HistoryOrder.Reserved or HistoryOrder.Scope;

    private static int WidthIn(HistoryOrder order) => HasReserved(order) ? LeastWidth + 8 : LeastWidth;

    private static long ReadMoment(ReadOnlySpan<byte> from) =>
        BinaryPrimitives.ReadUInt32LittleEndian(from) | ((long)BinaryPrimitives.ReadUInt16LittleEndian(from[4..]) << 32);

    private static void WriteMoment(Span<byte> to, long moment)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(to, (uint)moment);
        BinaryPrimitives.WriteUInt16LittleEndian(to[4..], checked((ushort)(moment >> 32)));
    }
}
