using System.Globalization;
using System.Runtime.InteropServices;
using Cycles.Grains.Audit.Entries;

namespace Cycles.Grains.Audit.Search;

/// <summary>
/// Finds the ids that have some hex digits in a row. Three digits or more cover at least one whole byte, in one way from an even digit on and in
/// another from an odd one: the ids are searched for both as they lie in memory, and only what is hit is looked at digit by digit. Written out
/// as text a million ids would be twice as long and hit far more often.
/// </summary>
internal sealed class DigitSearch
{
    private const int BitsPerDigit = 4;
    private const int BytesPerId = AuditLogIds.Digits / 2;
    private const ulong EachDigit = 0x1111_1111_1111_1111;
    private const ulong EachByte = 0x0101_0101_0101_0101;

    private readonly int _count;
    private readonly UInt128 _value;
    private readonly UInt128 _mask;
    private readonly byte[][] _wholeBytes;

    /// <param name="digits">1 to 32 lower-case hex digits.</param>
    public DigitSearch(string digits)
    {
        _count = digits.Length;
        _value = UInt128.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        _mask = UInt128.MaxValue >> (BitsPerDigit * (AuditLogIds.Digits - _count));
        _wholeBytes = _count > 2 ? [WholeBytes(digits), WholeBytes(digits[1..])] : [];
    }

    /// <summary>Sets what is found; what is set already stays.</summary>
    public void Mark(ReadOnlySpan<UInt128> ids, Span<bool> found)
    {
        if (_count <= 2)
        {
            for (var i = 0; i < ids.Length; i++)
            {
                found[i] |= _count == 1 ? HasDigit(ids[i]) : HasPair(ids[i]);
            }
        }

        var bytes = MemoryMarshal.AsBytes(ids);
        foreach (var part in _wholeBytes)
        {
            for (var offset = 0; bytes[offset..].IndexOf(part) is var hit and >= 0;)
            {
                offset += hit;
                var row = offset / BytesPerId;
                found[row] = found[row] || Has(ids[row]);
                offset = found[row] ? (row + 1) * BytesPerId : offset + 1;
            }
        }
    }

    private static byte[] WholeBytes(string digits)
    {
        var bytes = Convert.FromHexString(digits[..(digits.Length / 2 * 2)]);
        if (BitConverter.IsLittleEndian)
        {
            Array.Reverse(bytes);
        }

        return bytes;
    }

    private bool Has(UInt128 id)
    {
        for (var behind = AuditLogIds.Digits - _count; behind >= 0; behind--)
        {
            if (((id >> (BitsPerDigit * behind)) & _mask) == _value)
            {
                return true;
            }
        }

        return false;
    }

    private bool HasDigit(UInt128 id)
    {
        var wanted = (ulong)_value * EachDigit;
        return HasZero((ulong)(id >> 64) ^ wanted, EachDigit) || HasZero((ulong)id ^ wanted, EachDigit);
    }

    /// <summary>Whether two digits are a byte of the id, or of the id half a byte further, whose first byte is half outside.</summary>
    private bool HasPair(UInt128 id)
    {
        const ulong Outside = 0xFFUL << 56;
        var wanted = (ulong)_value * EachByte;
        var (high, low) = ((ulong)(id >> 64), (ulong)id);
        return HasZero(high ^ wanted, EachByte)
            || HasZero(low ^ wanted, EachByte)
            || HasZero(((high >> BitsPerDigit) ^ wanted) | Outside, EachByte)
            || HasZero(((low >> BitsPerDigit) | (high << 60)) ^ wanted, EachByte);
    }

    /// <summary>Whether one of the parts of a word is 0: taking 1 from each sets the highest bit of a part that did not have it only where there was a 0.</summary>
    /// <param name="word">The word.</param>
    /// <param name="ones">1 in each part.</param>
    private static bool HasZero(ulong word, ulong ones) => ((word - ones) & ~word & (ones << (ones == EachByte ? 7 : 3))) != 0;
}
