using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Cycles.Protocol.Json;

/// <summary>
/// Writes canonical forms, one after the other: every body is hashed, and what that takes is kept for the next. Texts that are the same in
/// the body and in the canonical form, and those are nearly all, are copied as they stand there.
/// </summary>
internal sealed class CanonicalWriter : IDisposable
{
    // What a body with more took is not kept.
    private const int MostBytesKept = 64 * 1024;
    private const int MostMembersKept = 256;

    private static readonly JsonWriterOptions Compact = new() { SkipValidation = true };
    private static readonly Comparison<JsonProperty> ByName = CompareNames;

    [ThreadStatic]
    private static CanonicalWriter? _kept;

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _writer;

    // The members of all objects that are being written, the outermost first.
    private JsonProperty[] _members = new JsonProperty[32];
    private int _count;

    private CanonicalWriter() => _writer = new Utf8JsonWriter(_buffer, Compact);

    /// <summary>One for the caller's use until it is disposed of.</summary>
    public static CanonicalWriter Rent()
    {
        var kept = _kept ?? new CanonicalWriter();
        _kept = null;
        return kept;
    }

    /// <summary>The canonical form, in UTF-8; valid until the next call.</summary>
    /// <exception cref="InvalidOperationException">A string holds half a surrogate pair and so has no UTF-8 form.</exception>
    public ReadOnlySpan<byte> Write(JsonElement value)
    {
        _buffer.ResetWrittenCount();
        _writer.Reset();
        WriteValue(value);
        _writer.Flush();
        return _buffer.WrittenSpan;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // They hold on to the body.
        Array.Clear(_members);
        _count = 0;
        if (_buffer.Capacity <= MostBytesKept && _members.Length <= MostMembersKept)
        {
            _kept = this;
        }
    }

    private void WriteValue(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                _writer.WriteStartObject();
                WriteMembers(value);
                _writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                _writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    WriteValue(item);
                }

                _writer.WriteEndArray();
                break;
            case JsonValueKind.Number:
                WriteNumber(value);
                break;
            case JsonValueKind.String:
                WriteString(value);
                break;
            default:
                value.WriteTo(_writer);
                break;
        }
    }

    private void WriteMembers(JsonElement value)
    {
        var first = _count;
        foreach (var member in value.EnumerateObject())
        {
            if (_count == _members.Length)
            {
                Array.Resize(ref _members, _count * 2);
            }

            _members[_count++] = member;
        }

        var end = _count;
        _members.AsSpan(first..end).Sort(ByName);
        for (var i = first; i < end; i++)
        {
            var member = _members[i];
            var name = JsonMarshal.GetRawUtf8PropertyName(member);
            if (IsPlain(name))
            {
                _writer.WritePropertyName(name);
            }
            else
            {
                _writer.WritePropertyName(member.Name);
            }

            WriteValue(member.Value);
        }

        _count = first;
    }

    private void WriteString(JsonElement value)
    {
        var text = JsonMarshal.GetRawUtf8Value(value)[1..^1];
        if (IsPlain(text))
        {
            _writer.WriteStringValue(text);
        }
        else
        {
            _writer.WriteStringValue(value.GetString());
        }
    }

    /// <summary>An int64 keeps all its digits (RFC 8785 alone would round it to a double); anything else is written as a double.</summary>
    private void WriteNumber(JsonElement value)
    {
        if (value.TryGetInt64(out var integer))
        {
            _writer.WriteNumberValue(integer);
        }
        else if (value.TryGetDouble(out var number) && double.IsFinite(number))
        {
            _writer.WriteRawValue(number.ToString("R", CultureInfo.InvariantCulture), skipInputValidation: true);
        }
        else
        {
            value.WriteTo(_writer);
        }
    }

    /// <summary>Whether a text as it stands in the body is what it says: no escapes, and nothing that could be wrong UTF-8.</summary>
    private static bool IsPlain(ReadOnlySpan<byte> text) => Ascii.IsValid(text) && !text.Contains((byte)'\\');

    private static int CompareNames(JsonProperty left, JsonProperty right)
    {
        var leftName = JsonMarshal.GetRawUtf8PropertyName(left);
        var rightName = JsonMarshal.GetRawUtf8PropertyName(right);
        return IsPlain(leftName) && IsPlain(rightName)
            ? leftName.SequenceCompareTo(rightName)
            : string.CompareOrdinal(left.Name, right.Name);
    }
}
