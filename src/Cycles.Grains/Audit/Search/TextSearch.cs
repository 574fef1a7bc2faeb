using System.Globalization;
using Cycles.Grains.Audit.Entries;
using Cycles.Grains.Audit.Index;
using Cycles.Grains.Columns;

namespace Cycles.Grains.Audit.Search;

/// <summary>
/// The free text of a query. Of the three columns of texts each text is searched once. Rows are looked at a block at a time, as a walk comes
/// by, and their ids only for what could be a part of one.
/// </summary>
internal sealed class TextSearch
{
    private const int BlockRows = 1024;

    private static readonly AuditField[] Searched = [AuditField.Operation, AuditField.ErrorCode, AuditField.ResourceId];

    private readonly AuditIndex _index;
    private readonly (Column<int> Values, bool[] Found)[] _found;
    private readonly bool _isPartOfEveryId;
    private readonly DigitSearch? _digits;
    private readonly (UInt128 First, UInt128 Last)? _leading;
    private readonly bool[] _foundInBlock = new bool[BlockRows];
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
                // The beginning of an id, or a whole one.
                _leading = (ParseId(digits.PadRight(AuditLogIds.Digits, '0')), ParseId(digits.PadRight(AuditLogIds.Digits, 'f')));
            }
            else if (digits.Length > 0)
            {
                _digits = new DigitSearch(digits);
            }
        }
    }

    /// <summary>Whether no entry has it.</summary>
    public bool MatchesNothing => _found.Length == 0 && !_isPartOfEveryId && _digits is null && _leading is null;

    public bool Matches(int row)
    {
        if (row / BlockRows != _block)
        {
            _block = row / BlockRows;
            SearchBlock();
        }

        return _foundInBlock[row % BlockRows];
    }

    private static UInt128 ParseId(string digits) => UInt128.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private void SearchBlock()
    {
        var first = _block * BlockRows;
        var ids = _index.Ids.Slice(first, Math.Min(BlockRows, _index.Count - first));
        var inBlock = _foundInBlock.AsSpan(0, ids.Length);
        inBlock.Fill(_isPartOfEveryId);
        foreach (var (values, found) in _found)
        {
            var numbers = values.Items.Slice(first, inBlock.Length);
            for (var i = 0; i < inBlock.Length; i++)
            {
                inBlock[i] |= found[numbers[i]];
            }
        }

        if (_leading is { } leading)
        {
            for (var i = 0; i < inBlock.Length; i++)
            {
                inBlock[i] |= ids[i] - leading.First <= leading.Last - leading.First;
            }
        }

        _digits?.Mark(ids, inBlock);
    }
}
