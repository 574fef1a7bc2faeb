using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cycles.Protocol.Json;

/// <summary>
/// A moment in a request, see <see cref="Rfc3339"/>. It stands at each member: a converter in the options would cost every body that is written
/// the generated fast path.
/// </summary>
public sealed class Rfc3339Converter : JsonConverter<DateTimeOffset>
{
    /// <inheritdoc/>
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Rfc3339.TryParse(reader.GetString(), out var moment)
            ? moment
            : throw new JsonException("not a date-time of RFC 3339");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
