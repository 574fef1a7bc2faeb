using Cycles.Client;
using Cycles.Contracts.Lists;
using Cycles.Gateway.Auth;
using Cycles.Gateway.Http;
using Cycles.Protocol.Json;
using Cycles.Protocol.Keys;
using Cycles.Protocol.Reservations;
using Cycles.Protocol.Scopes;
using Cycles.Protocol.Tenants;

namespace Cycles.Gateway.Runtime;

/// <summary>GET /v1/reservations.</summary>
internal sealed class ReservationListEndpoint(IGrainFactory grains)
{
    private const int MaxLimit = 200;
    private const int MaxKeyLength = 256;

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapOperation(new("listReservations", "GET", "/v1/reservations", Access.TenantOrAdmin(Permissions.ReservationsList)), ListAsync);

    private async ValueTask ListAsync(Call call)
    {
        var tenantId = TenantOf(call);
        var query = ReadQuery(call.Query);
        call.RequireReach(query.Segments);
        var result = await new CyclesClient(grains, tenantId, call.Caller.Within).ListAsync(query);
        if (result.IsSuccess)
        {
            result = result.Value with { Reservations = [.. result.Value.Reservations.Select(row => Project(row, call.Query.Text("include")))] };
        }

        await call.AnswerAsync(result, ProtocolJson.Default.ReservationListResponse);
    }

    /// <summary>Under an API key the parameter only confirms the tenant; the admin chooses one with it.</summary>
    private static string TenantOf(Call call)
    {
        var named = call.Query.Text("tenant");
        if (call.Caller.TenantId is { } own)
        {
            if (named is not null && named != own)
            {
                call.Deny("tenant is not the tenant of the API key");
            }

            return own;
        }

        if (named is null)
        {
            Call.Refuse(ErrorCode.InvalidRequest, "tenant query parameter is required when using admin key authentication");
        }

        if (!TenantIds.IsValid(named))
        {
            Call.Refuse(ErrorCode.InvalidRequest, "tenant is not a tenant id");
        }

        call.Concerns(named);
        return named;
    }

    private static ReservationQuery ReadQuery(QueryParameters query) => new()
    {
        IdempotencyKey = query.Text("idempotency_key", MaxKeyLength),
        Status = query.Choice(
            "status",
            ("ACTIVE", ReservationStatus.Active),
            ("COMMITTED", ReservationStatus.Committed),
            ("RELEASED", ReservationStatus.Released),
            ("EXPIRED", ReservationStatus.Expired)),
        Segments = SubjectFilters.Read(query, ScopeLevel.Workspace),
        Created = Window(query, "from", "to"),
        Expires = Window(query, "expires_from", "expires_to"),
        Finalized = Window(query, "finalized_from", "finalized_to"),
        SortBy = query.Choice(
            "sort_by",
            ("reservation_id", ReservationSort.ReservationId),
            ("tenant", ReservationSort.Tenant),
            ("scope_path", ReservationSort.ScopePath),
            ("status", ReservationSort.Status),
            ("reserved", ReservationSort.Reserved),
            ("created_at_ms", ReservationSort.CreatedAtMs),
            ("expires_at_ms", ReservationSort.ExpiresAtMs)) ?? ReservationSort.CreatedAtMs,
        Ascending = query.IsAscending(),
        Limit = query.Limit(MaxLimit),
        Cursor = query.Text("cursor", 4096),
    };

    private static TimeWindow Window(QueryParameters query, string from, string to)
    {
        var window = new TimeWindow(query.MomentMs(from), query.MomentMs(to));
        if (window.FromMs > window.ToMs)
        {
            Call.Refuse(ErrorCode.InvalidRequest, $"{from} must not lie after {to}");
        }

        return window;
    }

    /// <summary>FIELD PROJECTION (NORMATIVE): the metadata only for those who ask for it.</summary>
    private static ReservationDetail Project(ReservationDetail row, string? include)
    {
        var fields = (include ?? string.Empty).Split(',', StringSplitOptions.TrimEntries);
        return row with
        {
            Metadata = fields.Contains("metadata") ? row.Metadata : null,
            CommittedMetadata = fields.Contains("committed_metadata") ? row.CommittedMetadata : null,
        };
    }
}
