using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cycles.Protocol.Json;

/// <summary>A JSON object kept as the text that a client sent: metadata and the like, which this system stores and returns but never reads.</summary>
/// <param name="Text">The object as JSON text.</param>
[GenerateSerializer, Immutable, Alias("cycles.raw-json")]
[JsonConverter(typeof(Converter))]
public readonly record struct RawJsonObject([property: Id(0)] string Text)
{
    /// <summary>Keeps the text of an object as it is.</summary>
    public sealed class Converter : JsonConverter<RawJsonObject>
    {
        /// <inheritdoc/>
        public override RawJsonObject Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new JsonException("expected an object");
            }

            using var document = JsonDocument.ParseValue(ref reader);
            return new RawJsonObject(document.RootElement.GetRawText());
        }

        /// <inheritdoc/>
        public override void Write(Utf8JsonWriter writer, RawJsonObject value, JsonSerializerOptions options) =>
            writer.WriteRawValue(value.Text, skipInputValidation: true);
    }
}
