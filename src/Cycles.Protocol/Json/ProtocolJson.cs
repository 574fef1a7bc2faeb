using System.Text.Json.Serialization;
using Cycles.Protocol.Audit;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Bulk;
using Cycles.Protocol.Decisions;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Events;
using Cycles.Protocol.Keys;
using Cycles.Protocol.Overview;
using Cycles.Protocol.Policies;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Tenants;

namespace Cycles.Protocol.Json;

/// <summary>
/// How the protocol's bodies are read and written: snake_case, absent rather than null, and closed schemas (an unknown or repeated
/// member is an error). Source-generated: no reflection at run time.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    MaxDepth = MaxDepth)]
[JsonSerializable(typeof(ReservationCreateRequest))]
[JsonSerializable(typeof(ReservationCreateResponse))]
[JsonSerializable(typeof(CommitRequest))]
[JsonSerializable(typeof(CommitResponse))]
[JsonSerializable(typeof(ReleaseRequest))]
[JsonSerializable(typeof(ReleaseResponse))]
[JsonSerializable(typeof(ReservationExtendRequest))]
[JsonSerializable(typeof(ReservationExtendResponse))]
[JsonSerializable(typeof(ReservationDetail))]
[JsonSerializable(typeof(ReservationListResponse))]
[JsonSerializable(typeof(BalanceResponse))]
[JsonSerializable(typeof(DecisionRequest))]
[JsonSerializable(typeof(DecisionResponse))]
[JsonSerializable(typeof(EventCreateRequest))]
[JsonSerializable(typeof(EventCreateResponse))]
[JsonSerializable(typeof(ErrorResponse))]
[JsonSerializable(typeof(TenantCreateRequest))]
[JsonSerializable(typeof(TenantUpdateRequest))]
[JsonSerializable(typeof(TenantListResponse))]
[JsonSerializable(typeof(ApiKeyCreateRequest))]
[JsonSerializable(typeof(ApiKeyCreateResponse))]
[JsonSerializable(typeof(ApiKeyListResponse))]
[JsonSerializable(typeof(ApiKeyUpdateRequest))]
[JsonSerializable(typeof(ApiKeyValidationRequest))]
[JsonSerializable(typeof(ApiKeyValidationResponse))]
[JsonSerializable(typeof(AuthIntrospectResponse))]
[JsonSerializable(typeof(BudgetCreateRequest))]
[JsonSerializable(typeof(BudgetFundingRequest))]
[JsonSerializable(typeof(BudgetFundingResponse))]
[JsonSerializable(typeof(BudgetStatusTransitionRequest))]
[JsonSerializable(typeof(BudgetUpdateRequest))]
[JsonSerializable(typeof(BudgetPeriodRequest))]
[JsonSerializable(typeof(BudgetPeriod))]
[JsonSerializable(typeof(ApiKey))]
[JsonSerializable(typeof(Tenant))]
[JsonSerializable(typeof(BudgetLedger))]
[JsonSerializable(typeof(BudgetListResponse))]
[JsonSerializable(typeof(BudgetBalanceListResponse))]
[JsonSerializable(typeof(BulkActionRowOutcome))]
[JsonSerializable(typeof(TenantBulkActionRequest))]
[JsonSerializable(typeof(TenantBulkFilter))]
[JsonSerializable(typeof(BudgetBulkFilter))]
[JsonSerializable(typeof(BulkActionResponse<TenantBulkAction>), TypeInfoPropertyName = "TenantBulkActionResponse")]
[JsonSerializable(typeof(BudgetBulkActionRequest))]
[JsonSerializable(typeof(BulkActionResponse<FundingOperation>), TypeInfoPropertyName = "BudgetBulkActionResponse")]
[JsonSerializable(typeof(Policy))]
[JsonSerializable(typeof(PolicyCreateRequest))]
[JsonSerializable(typeof(PolicyUpdateRequest))]
[JsonSerializable(typeof(PolicyListResponse))]
[JsonSerializable(typeof(AuditLogListResponse))]
[JsonSerializable(typeof(AdminOverviewResponse))]
public sealed partial class ProtocolJson : JsonSerializerContext
{
    /// <summary>The deepest nesting of a body that is read; metadata is free but not bottomless.</summary>
    public const int MaxDepth = 32;
}
