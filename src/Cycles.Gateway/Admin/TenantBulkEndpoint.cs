using System.Text.Json;
using Cycles.Contracts.Addressing;
using Cycles.Contracts.Bulk;
using Cycles.Contracts.Indexes;
using Cycles.Gateway.Auth;
using Cycles.Gateway.Http;
using Cycles.Protocol.Audit;
using Cycles.Protocol.Json;
using Cycles.Protocol.Validation;

namespace Cycles.Gateway.Admin;

/// <summary>POST /v1/admin/tenants/bulk-action.</summary>
internal sealed class TenantBulkEndpoint(IGrainFactory grains)
{
    private const string OperationId = "bulkActionTenants";

    public void Map(IEndpointRouteBuilder routes) =>

        // What tenants cannot do to each other the admin does on their behalf (AUDIT LOG of the operation).
        routes.MapChange(new(OperationId, "POST", "/v1/admin/tenants/bulk-action", Access.AdminOnBehalfOf), RunAsync);

    private async ValueTask RunAsync(Call call)
    {
        var (request, hash) = await call.ReadAsync(ProtocolJson.Default.TenantBulkActionRequest, request => request.IdempotencyKey);
        if (request.Validate() is { } invalid)
        {
            await call.RefuseAsync(invalid);
            return;
        }

        var key = BulkCommand.GrainKey(OperationId, AuditLogEntry.AdminTenant, request.IdempotencyKey);
        var reply = await grains.Get<IBulkActionGrain>(key).Run(
            call.Origin,
            new BulkCommand
            {
                OwnerId = AuditLogEntry.AdminTenant,
                IdempotencyKey = request.IdempotencyKey,
                PayloadHash = hash,
                ExpectedCount = request.ExpectedCount,
                Filter = new RawJsonObject(JsonSerializer.Serialize(request.Filter, ProtocolJson.Default.TenantBulkFilter)),
                Tenants = new TenantBulkWork(
                    request.Action,
                    new TenantQuery
                    {
                        Status = request.Filter.Status,
                        ParentTenantId = BulkActions.Given(request.Filter.ParentTenantId),
                        Search = BulkActions.Given(request.Filter.Search)?.Trim(),
                    }),
            });
        await BulkActions.AnswerAsync(call, request.Action, request.IdempotencyKey, reply, ProtocolJson.Default.TenantBulkActionResponse);
    }
}
