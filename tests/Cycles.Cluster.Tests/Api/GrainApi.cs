using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Web;
using Cycles.Client;
using Cycles.Contracts;
using Cycles.Contracts.Audit;
using Cycles.Contracts.Lists;
using Cycles.Contracts.Scopes;
using Cycles.Contracts.Tenants;
using Cycles.Grains.Peers;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Audit;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Json;
using Cycles.Protocol.Scopes;

namespace Cycles.Cluster.Tests.Api;

/// <summary>The same requests straight to the grains, as a .NET agent with an Orleans client sends them.</summary>
internal sealed class GrainApi(IGrainFactory grains) : ICyclesApi
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task<Answer> SendAsync(ApiRequest request)
    {
        try
        {
            return await RouteAsync(request).WaitAsync(Patience);
        }
        catch (Exception exception) when (exception is not JsonException)
        {
            // Whatever it is, the caller does not know what became of the request.
            return Answer.None($"{exception.GetType().Name}: {exception.Message}");
        }
    }

    private Task<Answer> RouteAsync(ApiRequest request)
    {
        var url = new Uri(new Uri("http://grains"), request.Path);
        var query = HttpUtility.ParseQueryString(url.Query);
        var segments = url.AbsolutePath.Trim('/').Split('/');
        return segments switch
        {
            ["v1", "admin", "audit", "logs"] => AuditAsync(query["tenant_id"]!, query["operation"]!, query["cursor"]),
            ["v1", "admin", .. var rest] => AdministerAsync(rest, query["scope"], request.Body),
            ["v1", "reservations"] when request.Body is null => ListAsync(request.TenantId!, query["cursor"]),
            ["v1", .. var rest] => OperateAsync(rest, new CyclesClient(grains, request.TenantId!), request.Body),
            _ => throw new InvalidOperationException($"{request.Path} is not routed"),
        };
    }

    private async Task<Answer> OperateAsync(string[] segments, CyclesClient client, string? body)
    {
        var json = ProtocolJson.Default;
        return segments switch
        {
            ["reservations"] => ToAnswer(await client.ReserveAsync(Read(body, json.ReservationCreateRequest)), json.ReservationCreateResponse),
            ["reservations", var id] => ToAnswer(await client.GetAsync(id), json.ReservationDetail),
            ["reservations", var id, "commit"] => ToAnswer(await client.CommitAsync(id, Read(body, json.CommitRequest)), json.CommitResponse),
            ["reservations", var id, "release"] => ToAnswer(await client.ReleaseAsync(id, Read(body, json.ReleaseRequest)), json.ReleaseResponse),
            ["reservations", var id, "extend"] =>
                ToAnswer(await client.ExtendAsync(id, Read(body, json.ReservationExtendRequest)), json.ReservationExtendResponse),
            ["events"] => ToAnswer(await client.ApplyAsync(Read(body, json.EventCreateRequest)), json.EventCreateResponse),
            _ => throw new InvalidOperationException($"{string.Join('/', segments)} is not routed"),
        };
    }

    private async Task<Answer> ListAsync(string tenantId, string? cursor)
    {
        var page = await new CyclesClient(grains, tenantId).ListAsync(new ReservationQuery { Limit = 200, Cursor = cursor });
        return ToAnswer(page, ProtocolJson.Default.ReservationListResponse);
    }

    private async Task<Answer> AuditAsync(string tenantId, string operation, string? cursor)
    {
        var page = await grains.GetGrain<IAuditLogGrain>(0).Query(
            new AuditQuery { TenantId = tenantId, Operations = [operation], Limit = 200, Cursor = cursor });
        Result<AuditLogListResponse> result = page.Problem is { } problem
            ? problem
            : new AuditLogListResponse { Logs = page.Entries, NextCursor = page.NextCursor, HasMore = page.NextCursor is not null };
        return ToAnswer(result, ProtocolJson.Default.AuditLogListResponse);
    }

    private async Task<Answer> AdministerAsync(string[] segments, string? scope, string? body)
    {
        switch (segments)
        {
            case ["tenants"]:
                var tenant = Read(body, ProtocolJson.Default.TenantCreateRequest);
                return ToAnswer((await grains.GetGrain<ITenantAdminGrain>(tenant.TenantId).Create(Origin.System("createTenant"), tenant)).Problem);
            case ["api-keys"]:
                // A caller that reaches the grains needs no key.
                return new Answer(200, new JsonObject { ["key_secret"] = "" });
            case ["budgets"]:
                var budget = Read(body, ProtocolJson.Default.BudgetCreateRequest);
                return ToAnswer((await grains.GetGrain<ITenantAdminGrain>(budget.TenantId!).CreateBudget(Origin.System("createBudget"), Parse(budget.Scope), budget)).Problem);
            case ["budgets", "lookup"]:
                var budgets = await grains.GetGrain<IScopeGrain>(Parse(scope!).Value).Read();
                return ToAnswer<BudgetLedger>(Answers.ToLedger(budgets[0]), ProtocolJson.Default.BudgetLedger);
            case ["budgets", "fund"]:
                var funding = Read(body, ProtocolJson.Default.BudgetFundingRequest);
                var reply = await grains.GetGrain<IScopeAdminGrain>(Parse(scope!).Value).Fund(Origin.System("fundBudget"), new FundCommand(
                    Unit.UsdMicrocents, funding.Operation, funding.Amount.Value, 0, funding.IdempotencyKey, PayloadHash: body!));
                return reply.Problem is { } problem
                    ? ToAnswer(problem)
                    : ToAnswer<BudgetFundingResponse>(reply.Response!, ProtocolJson.Default.BudgetFundingResponse);
            default:
                throw new InvalidOperationException($"{string.Join('/', segments)} is not routed");
        }
    }

    private static ScopePath Parse(string scope) =>
        ScopePath.TryParse(scope, out var path, out var why) ? path : throw new FormatException(why);

    private static T Read<T>(string? body, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(body!, type)!;

    private static Answer ToAnswer<T>(Result<T> result, JsonTypeInfo<T> type)
        where T : class
        => result.IsSuccess
            ? new Answer(200, (JsonObject)JsonSerializer.SerializeToNode(result.Value, type)!)
            : ToAnswer(result.Problem);

    private static Answer ToAnswer(Problem? problem) => problem is null
        ? new Answer(200, [])
        : new Answer(
            problem.Code == ErrorCode.InternalError ? 500 : 409,
            new JsonObject { ["error"] = JsonSerializer.SerializeToNode(problem.Code), ["message"] = problem.Message });
}
