using Cycles.Client;
using Cycles.Contracts;
using Cycles.Contracts.Addressing;
using Cycles.Contracts.Periods;
using Cycles.Contracts.Scopes;
using Cycles.Gateway.Auth;
using Cycles.Gateway.Http;
using Cycles.Protocol.Amounts;
using Cycles.Protocol.Budgets;
using Cycles.Protocol.Errors;
using Cycles.Protocol.Json;
using Cycles.Protocol.Keys;
using Cycles.Protocol.Scopes;
using Cycles.Protocol.Validation;

namespace Cycles.Gateway.Admin;

/// <summary>
/// /v1/x-cycles/budgets/period: recurring periods of a budget. An extension, under the path that the protocol leaves to vendors; what the
/// protocol shows of a budget shows the period that runs now.
/// </summary>
internal sealed class BudgetPeriodEndpoints(IGrainFactory grains, TimeProvider time)
{
    private const string Path = "/v1/x-cycles/budgets/period";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapChange(new("setBudgetPeriod", "PUT", Path, Access.TenantOrAdmin(Permissions.BudgetsWrite)), SetAsync);
        routes.MapOperation(new("getBudgetPeriod", "GET", Path, Access.TenantOrAdmin(Permissions.BudgetsRead)), GetAsync);
        routes.MapChange(new("removeBudgetPeriod", "DELETE", Path, Access.TenantOrAdmin(Permissions.BudgetsWrite)), RemoveAsync);
    }

    private async ValueTask SetAsync(Call call)
    {
        var (scope, unit) = ReadTarget(call);
        var (request, _) = await call.ReadAsync(ProtocolJson.Default.BudgetPeriodRequest);
        if (request.Validate(unit, time.GetUtcNow()) is { } invalid)
        {
            await call.RefuseAsync(invalid);
            return;
        }

        var startsAt = request.StartsAt is { } start ? DateTimeOffset.FromUnixTimeMilliseconds(start.ToUnixTimeMilliseconds()) : (DateTimeOffset?)null;
        var schedule = new PeriodSchedule(request.Recurrence, startsAt, request.Allocated?.Value, request.RolloverPolicy);
        await AnswerAsync(call, await grains.Get<IScopeAdminGrain>(scope.Value).SetPeriod(call.Origin, unit, schedule));
    }

    private async ValueTask GetAsync(Call call)
    {
        var (scope, unit) = ReadTarget(call);
        await AnswerAsync(call, await BudgetEndpoints.FindAsync(grains, scope, unit));
    }

    private async ValueTask RemoveAsync(Call call)
    {
        var (scope, unit) = ReadTarget(call);
        var reply = await grains.Get<IScopeAdminGrain>(scope.Value).RemovePeriod(call.Origin, unit);
        Result<BudgetLedger> result = reply.Problem is { } problem ? problem : Answers.ToLedger(reply.Budget!);
        await call.AnswerAsync(result, ProtocolJson.Default.BudgetLedger);
    }

    private static (ScopePath Scope, Unit Unit) ReadTarget(Call call)
    {
        var target = BudgetEndpoints.ReadTarget(call);

        // With an API key it is ignored, as everywhere; the admin need not name it, but must not name another.
        if (call.Caller.IsAdmin && call.Query.Text("tenant_id") is { } named && named != target.Scope.TenantId)
        {
            Call.Refuse(ErrorCode.InvalidRequest, "tenant_id is not the tenant of the scope");
        }

        return target;
    }

    private static ValueTask AnswerAsync(Call call, BudgetReply reply)
    {
        if (reply.Problem is { } problem)
        {
            return call.RefuseAsync(problem);
        }

        return Answers.ToPeriod(reply.Budget!) is { } period
            ? call.AnswerAsync(period, ProtocolJson.Default.BudgetPeriod)
            : call.RefuseAsync(new Problem(ErrorCode.NotFound, $"The budget of scope {reply.Budget!.Record.Scope} has no period"));
    }
}
