using System.Globalization;
using System.Text;
using Cycles.Grains.Audit.Index;

namespace Cycles.Grains.Audit.Search;

/// <summary>The filters of a query against one state of the index: texts are compared once, rows by their numbers.</summary>
internal sealed class AuditFilter
{
    private readonly AuditIndex _index;
    private readonly List<Check> _checks = [];
    private readonly UInt128? _trace;
    private readonly ulong? _request;
    private readonly TextSearch? _search;

    public AuditFilter(AuditIndex index, AuditQuery query)
    {
        _index = index;
        _trace = query.TraceId is { } trace ? AuditIndex.ParseTrace(trace) : null;
        _request = query.RequestId is { } request ? AuditIndex.HashOfRequest(request) : null;
        _search = query.Search is { } part ? new TextSearch(index, part) : null;
        RequireOne(AuditField.Tenant, query.TenantId);
        RequireOne(AuditField.Key, query.KeyId);
        RequireOne(AuditField.ResourceId, query.ResourceId);
        RequireAny(AuditField.Operation, query.Operations);
        RequireAny(AuditField.ResourceType, query.ResourceTypes);
        RequireAny(AuditField.ErrorCode, query.ErrorCodes);
        Exclude(AuditField.ErrorCode, query.ExcludedErrorCodes);
        RequireStatus(query.StatusMin, query.StatusMax);
    }

    /// <summary>Whether nothing can match, as no entry has what is asked for.</summary>
    public bool MatchesNothing { get; private set; }

    public bool Matches(int row)
    {
        foreach (var check in _checks)
        {
            if (!check.Holds(row))
            {
                return false;
            }
        }

        return (_trace is null || _index.TraceOf(row) == _trace)
            && (_request is null || _index.RequestOf(row) == _request)
            && _search?.Matches(row) != false;
    }

    private void RequireOne(AuditField field, string? text)
    {
        if (text is not null)
        {
            var number = _index.Texts(field).Find(text);
            MatchesNothing |= number is null;
            _checks.Add(new Check(_index.Values(field), number ?? InternedTexts.None, null));
        }
    }

    private void RequireAny(AuditField field, string[] texts)
    {
        if (texts.Length > 0)
        {
            var allowed = new bool[_index.Texts(field).Count];
            foreach (var text in texts)
            {
                if (_index.Texts(field).Find(text) is { } number)
                {
                    allowed[number] = true;
                }
            }

            Allow(field, allowed);
        }
    }

    private void Exclude(AuditField field, string[] texts)
    {
        if (texts.Length > 0)
        {
            var allowed = new bool[_index.Texts(field).Count];
            Array.Fill(allowed, true);
            foreach (var text in texts)
            {
                if (_index.Texts(field).Find(text) is { } number)
                {
                    allowed[number] = false;
                }
            }

            Allow(field, allowed);
        }
    }

    private void RequireStatus(int? min, int? max)
    {
        if (min is not null || max is not null)
        {
            var texts = _index.Texts(AuditField.Status);
            var allowed = new bool[texts.Count];
            for (var number = InternedTexts.None + 1; number < allowed.Length; number++)
            {
                var status = int.Parse(texts.ToText(number), CultureInfo.InvariantCulture);
                allowed[number] = !(status < min) && !(status > max);
            }

            Allow(AuditField.Status, allowed);
        }
    }

    private void Allow(AuditField field, bool[] allowed)
    {
        MatchesNothing |= !allowed.AsSpan().Contains(true);
        _checks.Add(new Check(_index.Values(field), InternedTexts.None, allowed));
    }

    /// <summary>What one column must have: one value, or any of some.</summary>
    private readonly record struct Check(Column<int> Values, int Only, bool[]? Allowed)
    {
        public bool Holds(int row) => Allowed is null ? Values[row] == Only : Allowed[Values[row]];
    }

    /// <summary>
    /// The free text of a query. Of the three columns of texts each text is searched once; ids are written out row by row, but only for what
    /// could be a part of one.
    /// </summary>
    private sealed class TextSearch
    {
        private static readonly AuditField[] Searched = [AuditField.Operation, AuditField.ErrorCode, AuditField.ResourceId];

        private readonly AuditIndex _index;
        private readonly (Column<int> Values, bool[] Found)[] _found;
        private readonly bool _isPartOfEveryId;
        private readonly byte[]? _digits;
        private readonly bool _digitsLead;

        public TextSearch(AuditIndex index, string part)
        {
            _index = index;
            _found = Array.ConvertAll(Searched, field => (index.Values(field), index.Texts(field).Containing(part)));
            var lower = part.ToLowerInvariant();
            _isPartOfEveryId = AuditLogIds.Prefix.Contains(lower, StringComparison.Ordinal);

            // Digits anywhere, or behind the end of the prefix.
            var prefixLength = lower.LastIndexOf(AuditLogIds.Prefix[^1]) + 1;
            var digits = lower[prefixLength..];
            if (AuditLogIds.Prefix.EndsWith(lower[..prefixLength], StringComparison.Ordinal)
                && digits.Length <= AuditLogIds.Digits && digits.All(char.IsAsciiHexDigitLower))
            {
                (_digits, _digitsLead) = (Encoding.ASCII.GetBytes(digits), prefixLength > 0);
            }
        }

        public bool Matches(int row)
        {
            foreach (var (values, found) in _found)
            {
                if (found[values[row]])
                {
                    return true;
                }
            }

            return _isPartOfEveryId || (_digits is not null && IsInId(row));
        }

        private bool IsInId(int row)
        {
            Span<byte> bytes = stackalloc byte[AuditLogIds.Digits / 2];
            Span<byte> digits = stackalloc byte[AuditLogIds.Digits];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, _index.KeyOf(row).Id);
            Convert.TryToHexStringLower(bytes, digits, out _);
            return _digitsLead ? digits.StartsWith(_digits) : digits.IndexOf(_digits) >= 0;
        }
    }
}
