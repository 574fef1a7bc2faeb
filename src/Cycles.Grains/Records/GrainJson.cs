using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Decisions;
using Cycles.Contracts.Events;
using Cycles.Contracts.Scopes;
using Cycles.Grains.Runs;
using Cycles.Protocol.Audit;
using Cycles.Protocol.Policies;
using Cycles.Protocol.Tenants;

namespace Cycles.Grains.Records;

/// <summary>
/// How records stand in the store: JSON, so that an operator can read them and a later version can add members. Unknown members are
/// skipped, so that a version can be rolled back.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    Converters = [typeof(BudgetStateJson)])]
[JsonSerializable(typeof(ReservationSlot))]
[JsonSerializable(typeof(EventRecord))]
[JsonSerializable(typeof(EvaluationRecord))]
[JsonSerializable(typeof(FundingRecord))]
[JsonSerializable(typeof(BudgetRecord))]
[JsonSerializable(typeof(ApiKeyRecord))]
[JsonSerializable(typeof(AuditLogEntry))]
[JsonSerializable(typeof(AuditRow))]
[JsonSerializable(typeof(AuditQuery))]
[JsonSerializable(typeof(AuditPlace))]
[JsonSerializable(typeof(BulkRecord))]
[JsonSerializable(typeof(TenantClose))]
[JsonSerializable(typeof(Policy))]
[JsonSerializable(typeof(Tenant))]
[JsonSerializable(typeof(SortKey))]
[JsonSerializable(typeof(ReservationPlace))]
[JsonSerializable(typeof(HistoryManifest))]
[JsonSerializable(typeof(RunHead))]
internal sealed partial class GrainJson : JsonSerializerContext
{
    public static byte[] Write<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(value, type);

    public static T Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(json, type) ?? throw new JsonException($"a stored {typeof(T).Name} is null");
}
