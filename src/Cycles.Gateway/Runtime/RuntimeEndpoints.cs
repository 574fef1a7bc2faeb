using Cycles.Client;
using Cycles.Gateway.Auth;
using Cycles.Gateway.Http;
using Cycles.Protocol.Identity;
using Cycles.Protocol.Json;
using Cycles.Protocol.Keys;

namespace Cycles.Gateway.Runtime;

/// <summary>The runtime plane, but its lists: what agents call around every action.</summary>
internal sealed class RuntimeEndpoints(IGrainFactory grains)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapOperation(new("decide", "POST", "/v1/decide", Access.Tenant(Permissions.ReservationsCreate)), DecideAsync);
        routes.MapOperation(new("createReservation", "POST", "/v1/reservations", Access.Tenant(Permissions.ReservationsCreate)), ReserveAsync);
        routes.MapOperation(new("getReservation", "GET", "/v1/reservations/{reservation_id}", Access.TenantOrAdmin(Permissions.ReservationsList)), GetAsync);
        routes.MapOperation(new("commitReservation", "POST", "/v1/reservations/{reservation_id}/commit", Access.Tenant(Permissions.ReservationsCommit)), CommitAsync);
        routes.MapOperation(new("releaseReservation", "POST", "/v1/reservations/{reservation_id}/release", Access.TenantOrAdmin(Permissions.ReservationsRelease)), ReleaseAsync);
        routes.MapOperation(new("extendReservation", "POST", "/v1/reservations/{reservation_id}/extend", Access.Tenant(Permissions.ReservationsExtend)), ExtendAsync);
        routes.MapOperation(new("createEvent", "POST", "/v1/events", Access.Tenant(Permissions.ReservationsCreate)), ApplyAsync);
    }

    private async ValueTask DecideAsync(Call call)
    {
        var body = await call.ReadAsync(ProtocolJson.Default.DecisionRequest, request => request.IdempotencyKey);
        await call.AnswerAsync(await ClientOf(call).DecideAsync(body.Value, body.Hash), ProtocolJson.Default.DecisionResponse);
    }

    private async ValueTask ReserveAsync(Call call)
    {
        var body = await call.ReadAsync(ProtocolJson.Default.ReservationCreateRequest, request => request.IdempotencyKey);
        await call.AnswerAsync(await ClientOf(call).ReserveAsync(body.Value, body.Hash), ProtocolJson.Default.ReservationCreateResponse);
    }

    private async ValueTask GetAsync(Call call)
    {
        var id = call.Route("reservation_id");
        await call.AnswerAsync(await ClientOf(call, id).GetAsync(id), ProtocolJson.Default.ReservationDetail);
    }

    private async ValueTask CommitAsync(Call call)
    {
        var body = await call.ReadAsync(ProtocolJson.Default.CommitRequest, request => request.IdempotencyKey);
        await call.AnswerAsync(
            await ClientOf(call).CommitAsync(call.Route("reservation_id"), body.Value, body.Hash), ProtocolJson.Default.CommitResponse);
    }

    private async ValueTask ReleaseAsync(Call call)
    {
        var id = call.Route("reservation_id");
        var body = await call.ReadAsync(ProtocolJson.Default.ReleaseRequest, request => request.IdempotencyKey);
        var origin = call.Caller.IsAdmin ? call.Origin : null;
        await call.AnswerAsync(await ClientOf(call, id).ReleaseAsync(id, body.Value, body.Hash, origin), ProtocolJson.Default.ReleaseResponse);
    }

    private async ValueTask ExtendAsync(Call call)
    {
        var body = await call.ReadAsync(ProtocolJson.Default.ReservationExtendRequest, request => request.IdempotencyKey);
        await call.AnswerAsync(
            await ClientOf(call).ExtendAsync(call.Route("reservation_id"), body.Value, body.Hash),
            ProtocolJson.Default.ReservationExtendResponse);
    }

    private async ValueTask ApplyAsync(Call call)
    {
        var body = await call.ReadAsync(ProtocolJson.Default.EventCreateRequest, request => request.IdempotencyKey);
        await call.AnswerAsync(
            await ClientOf(call).ApplyAsync(body.Value, body.Hash), ProtocolJson.Default.EventCreateResponse, StatusCodes.Status201Created);
    }

    private CyclesClient ClientOf(Call call) => new(grains, call.Caller.TenantId!, call.Caller.Within) { Attempt = call.Attempt };

    /// <summary>The admin acts for the tenant in the reservation's id. A malformed id belongs to no tenant, so nothing is found.</summary>
    private CyclesClient ClientOf(Call call, string reservationId)
    {
        if (!call.Caller.IsAdmin)
        {
            return ClientOf(call);
        }

        var tenantId = ReservationId.TryParse(reservationId, out var id) ? id.TenantId : string.Empty;
        if (tenantId.Length > 0)
        {
            call.Concerns(tenantId);
        }

        return new CyclesClient(grains, tenantId);
    }
}
