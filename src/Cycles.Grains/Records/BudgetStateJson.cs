using System.Text.Json;
using System.Text.Json.Serialization;
using Cycles.Contracts.Scopes;
using Cycles.Protocol.Budgets;

namespace Cycles.Grains.Records;

/// <summary>A budget's numbers in stored records, as a short array: they stand there once for every scope of every reservation.</summary>
internal sealed class BudgetStateJson : JsonConverter<BudgetState>
{
    public override BudgetState Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        Span<long> values = stackalloc long[7];
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            values[count++] = reader.GetInt64();
        }

        return new BudgetState((BudgetStatus)values[0], values[1], values[2], values[3], values[4], values[5], values[6] != 0);
    }

    public override void Write(Utf8JsonWriter writer, BudgetState value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue((int)value.Status);
        writer.WriteNumberValue(value.Allocated);
        writer.WriteNumberValue(value.Spent);
        writer.WriteNumberValue(value.Reserved);
        writer.WriteNumberValue(value.Debt);
        writer.WriteNumberValue(value.OverdraftLimit);
        writer.WriteNumberValue(value.IsOverLimit ? 1 : 0);
        writer.WriteEndArray();
    }
}
