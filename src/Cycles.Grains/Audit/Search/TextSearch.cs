using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Cycles.Grains.Audit.Index;
using Cycles.Grains.Columns;

namespace Cycles.Grains.Audit.Search;

/// <summary>
/// The free text of a query. Of the three columns of texts each text is searched once; ids are written out and searched a block of rows
/// at a time, as a walk comes by, and only for what could be a part of one.
/// </summary>
internal sealed class TextSearch
{
    private const int BlockRows = 1024;

    private static readonly AuditField[] Searched = [AuditField.Operation, AuditField.ErrorCode, AuditField.ResourceId];

    private readonly AuditIndex _index;
    private readonly (Column<int> Values, bool[] Found)[] _found;
    private readonly bool _isPartOfEveryId;
    private readonly byte[]? _digits;
    private readonly (UInt128 Digits, int Shift)? _leading;
    private readonly bool[] _foundInBlock = new bool[BlockRows];
    private readonly byte[] _bytes = new byte[BlockRows * AuditLogIds.Digits / 2];
    private readonly byte[] _text = new byte[BlockRows * AuditLogIds.Digits];
    private int _block = -1;

    public TextSearch(AuditIndex index, string part)
    {
        _index = index;
        _found =
        [
            .. Searched.Select(field => (Values: index.Values(field), Found: index.Texts(field).Containing(part)))
                .Where(column => column.Found.AsSpan().Contains(true)),
        ];
        var lower = part.ToLowerInvariant();
        _isPartOfEveryId = AuditLogIds.Prefix.Contains(lower, StringComparison.Ordinal);

        // Digits anywhere, or behind the end of the prefix. An empty rest is the prefix's end, which is in every id.
        var prefixLength = lower.LastIndexOf(AuditLogIds.Prefix[^1]) + 1;
        var digits = lower[prefixLength..];
        if (AuditLogIds.Prefix.EndsWith(lower[..prefixLength], StringComparison.Ordinal)
            && digits.Length <= AuditLogIds.Digits && digits.All(char.IsAsciiHexDigitLower))
        {
            if (digits.Length > 0 && (prefixLength > 0 || digits.Length == AuditLogIds.Digits))
            {
                // The beginning of an id, or a whole one: no need to write any out.
                _leading = (UInt128.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture), 4 * (AuditLogIds.Digits - digits.Length));
            }
            else
            {
                _digits = Encoding.ASCII.GetBytes(digits);
            }
        }
    }

    /// <summary>Whether no entry has it.</summary>
    public bool MatchesNothing => _found.Length == 0 && !_isPartOfEveryId && _digits is null && _leading is null;

    public bool Matches(int row)
    {
        foreach (var (values, found) in _found)
        {
            if (found[values[row]])
            {
                return true;
            }
        }

        return _isPartOfEveryId
            || (_leading is { } leading && _index.KeyOf(row).Id >> leading.Shift == leading.Digits)
            || (_digits is not null && IsInId(row, _digits));
    }

    private bool IsInId(int row, ReadOnlySpan<byte> digits)
    {
        if (row / BlockRows != _block)
        {
            _block = row / BlockRows;
            SearchBlock(digits);
        }

        return _foundInBlock[row % BlockRows];
    }

    private void SearchBlock(ReadOnlySpan<byte> digits)
    {
        const int Width = AuditLogIds.Digits;
        var ids = _index.Ids.Slice(_block * BlockRows, Math.Min(BlockRows, _index.Count - (_block * BlockRows)));
        for (var i = 0; i < ids.Length; i++)
        {
            BinaryPrimitives.WriteUInt128BigEndian(_bytes.AsSpan(i * Width / 2), ids[i]);
        }

        Convert.TryToHexStringLower(_bytes.AsSpan(0, ids.Length * Width / 2), _text, out var length);
        var text = _text.AsSpan(0, length);
        Array.Clear(_foundInBlock);
        for (var offset = 0; text[offset..].IndexOf(digits) is var hit and >= 0;)
        {
            offset += hit;
            var (row, place) = (offset / Width, offset % Width);

            // Else it begins in one id and ends in the next.
            var isWhole = place + digits.Length <= Width;
            _foundInBlock[row] |= isWhole;
            offset = isWhole ? (row + 1) * Width : offset + 1;
        }
    }
}
