using System.Globalization;
using System.Runtime.InteropServices;
using Cycles.Contracts.Audit;
using Cycles.Grains.Audit.Index;
using Cycles.Grains.Columns;

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
        MatchesNothing = _search?.MatchesNothing == true;
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
        foreach (ref readonly var check in CollectionsMarshal.AsSpan(_checks))
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
}
