using System.Text.Json.Nodes;
using Cycles.Cluster.Tests.Api;
using Cycles.Cluster.Tests.Model;

namespace Cycles.Cluster.Tests.Load;

/// <summary>Builds the requests of the load.</summary>
internal static class Requests
{
    public const string Unit = "USD_MICROCENTS";

    public static Operation Reserve(string key, BudgetModel[] budgets, long estimate, string policy, long ttlMs, long graceMs)
    {
        var body = new JsonObject
        {
            ["idempotency_key"] = key,
            ["subject"] = Subject(budgets),
            ["action"] = Action(),
            ["estimate"] = Amount(estimate),
            ["ttl_ms"] = ttlMs,
            ["grace_period_ms"] = graceMs,
            ["overage_policy"] = policy,
        };
        var tenantId = budgets[0].TenantId;
        return new Operation(OperationKind.Reserve, Post("/v1/reservations", tenantId, body), budgets, estimate, policy)
        {
            Reservation = new ReservationModel(key, tenantId, budgets, estimate, policy, graceMs),
        };
    }

    public static Operation Commit(string key, ReservationModel reservation, long actual) =>
        About(OperationKind.Commit, reservation, actual, new JsonObject { ["idempotency_key"] = key, ["actual"] = Amount(actual) });

    public static Operation Release(string key, ReservationModel reservation) =>
        About(OperationKind.Release, reservation, 0, new JsonObject { ["idempotency_key"] = key });

    public static Operation Extend(string key, ReservationModel reservation, long extendByMs) =>
        About(OperationKind.Extend, reservation, extendByMs, new JsonObject { ["idempotency_key"] = key, ["extend_by_ms"] = extendByMs });

    public static Operation Event(string key, BudgetModel[] budgets, long actual, string policy)
    {
        var body = new JsonObject
        {
            ["idempotency_key"] = key,
            ["subject"] = Subject(budgets),
            ["action"] = Action(),
            ["actual"] = Amount(actual),
            ["overage_policy"] = policy,
        };
        return new Operation(OperationKind.Event, Post("/v1/events", budgets[0].TenantId, body), budgets, actual, policy);
    }

    public static Operation Credit(string key, BudgetModel budget, long amount)
    {
        var body = new JsonObject { ["operation"] = "CREDIT", ["amount"] = Amount(amount), ["idempotency_key"] = key };
        var path = $"/v1/admin/budgets/fund?scope={Uri.EscapeDataString(budget.Scope)}&unit={Unit}&tenant_id={budget.TenantId}";
        return new Operation(OperationKind.Credit, Post(path, null, body), [budget], amount);
    }

    public static JsonObject Amount(long amount) => new() { ["unit"] = Unit, ["amount"] = amount };

    private static Operation About(OperationKind kind, ReservationModel reservation, long amount, JsonObject body)
    {
        var path = $"/v1/reservations/{reservation.Id}/{kind.ToString().ToLowerInvariant()}";
        return new Operation(kind, Post(path, reservation.TenantId, body), reservation.Budgets, amount, reservation.Policy)
        {
            Reservation = reservation,
        };
    }

    /// <summary>The deepest scope's segments by level: <c>tenant:acme/agent:one</c> is tenant acme, agent one.</summary>
    private static JsonObject Subject(BudgetModel[] budgets)
    {
        var subject = new JsonObject();
        foreach (var segment in budgets[^1].Scope.Split('/'))
        {
            var parts = segment.Split(':');
            subject[parts[0]] = parts[1];
        }

        return subject;
    }

    private static JsonObject Action() => new() { ["kind"] = "llm.completion", ["name"] = "test:model" };

    private static ApiRequest Post(string path, string? tenantId, JsonObject body) => ApiRequest.Post(path, tenantId, body.ToJsonString());
}
