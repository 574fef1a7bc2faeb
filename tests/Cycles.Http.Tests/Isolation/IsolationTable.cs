using System.Net;
using Cycles.Http.Tests.Server;
using Cycles.Protocol.Keys;

namespace Cycles.Http.Tests.Isolation;

/// <summary>
/// Every operation of the server. A new one needs a row here, or the tests fail: what it is asked, and who may; what is not said is that
/// another tenant and a restricted key are FORBIDDEN.
/// </summary>
internal static class IsolationTable
{
    private const string Settle = """{"idempotency_key":"k"}""";

    private static readonly string Amount = $$"""{"unit":"{{TestTenant.Unit}}","amount":1}""";

    public static IReadOnlyList<Row> Rows { get; } =
    [
        Row.Open("GET /health/live"),
        Row.Open("GET /health/ready"),
        Row.Open("GET /actuator/health"),
        Row.Open("GET /actuator/health/readiness"),
        Row.Open("GET /actuator/health/liveness"),

        // The runtime plane.
        Row.Tenant("POST /v1/decide", Permissions.ReservationsCreate, world => new(
            "/v1/decide", world.Tenant.Estimate("k", 1, subject: world.OutsideSubject))),
        Row.Tenant("POST /v1/reservations", Permissions.ReservationsCreate, world => new(
            "/v1/reservations", world.Tenant.Estimate("k", 1, subject: world.OutsideSubject))),
        Row.Tenant("POST /v1/reservations", Permissions.ReservationsCreate, world => new(
            "/v1/reservations", world.Tenant.Estimate("k", 1, ",\"dry_run\":true", world.OutsideSubject))) with
        {
            Variant = "dry run",
        },
        Row.Tenant("POST /v1/reservations", Permissions.ReservationsCreate, world => new("/v1/reservations", world.Tenant.Estimate("k", 1))) with
        {
            Variant = "the whole tenant",
        },
        Row.Tenant("POST /v1/events", Permissions.ReservationsCreate, world => new(
            "/v1/events",
            $$$"""{"idempotency_key":"k","subject":{"tenant":"{{{world.Tenant.Id}}}"{{{world.OutsideSubject}}}},"action":{"kind":"a","name":"b"},"actual":{{{Amount}}}}"""),
            HttpStatusCode.Created),
        Row.Dual("GET /v1/reservations/{reservation_id}", Permissions.ReservationsList, world => new($"/v1/reservations/{world.Reservation}")),
        Row.Tenant("POST /v1/reservations/{reservation_id}/commit", Permissions.ReservationsCommit, world => new(
            $"/v1/reservations/{world.Reservation}/commit", $$"""{"idempotency_key":"k","actual":{{Amount}}}""")),
        Row.Dual("POST /v1/reservations/{reservation_id}/release", Permissions.ReservationsRelease, world => new(
            $"/v1/reservations/{world.Reservation}/release", Settle)),
        Row.Tenant("POST /v1/reservations/{reservation_id}/extend", Permissions.ReservationsExtend, world => new(
            $"/v1/reservations/{world.Reservation}/extend", """{"idempotency_key":"k","extend_by_ms":1000}""")),
        Row.Dual("GET /v1/reservations", Permissions.ReservationsList, world => new("/v1/reservations")) with
        {
            Foreign = Outcome.ShowsNothing,
            Restricted = Outcome.ShowsInside,
        },
        Row.Dual("GET /v1/reservations", Permissions.ReservationsList, world => new(
            $"/v1/reservations?tenant={world.Tenant.Id}&workspace={world.Outside}")) with
        {
            Variant = "a part",
        },
        Row.Dual("GET /v1/reservations", Permissions.ReservationsList, world => new($"/v1/reservations?idempotency_key={world.Outside}")) with
        {
            Variant = "a key",
            Foreign = Outcome.ShowsNothing,
            Restricted = Outcome.ShowsNothing,
        },
        Row.Tenant("GET /v1/balances", Permissions.BalancesRead, world => new($"/v1/balances?tenant={world.Tenant.Id}")) with
        {
            Restricted = Outcome.ShowsInside,
        },
        Row.Tenant("GET /v1/balances", Permissions.BalancesRead, world => new($"/v1/balances?workspace={world.Outside}")) with
        {
            Variant = "a part",
            Foreign = Outcome.ShowsNothing,
        },
        Row.Tenant("GET /v1/balances", Permissions.BalancesRead, world => new($"/v1/balances?unit={TestTenant.Unit}")) with
        {
            Variant = "the admin plane's shape",
            Foreign = Outcome.ShowsNothing,
            Restricted = Outcome.ShowsInside,
        },
        Row.Tenant("GET /v1/balances", Permissions.BalancesRead, world => new($"/v1/balances?scope_prefix={world.OutsideScope}")) with
        {
            Variant = "a prefix",
            Foreign = Outcome.ShowsNothing,
        },

        // Keys and tenants.
        Row.Admin("POST /v1/auth/validate", world => new("/v1/auth/validate", $$"""{"key_secret":"{{world.KeySecret}}"}""")),
        new Row
        {
            Operation = "GET /v1/auth/introspect",
            Ask = _ => new("/v1/auth/introspect"),
            TakesAdmin = true,
            TakesAnyKey = true,
            Foreign = Outcome.ShowsNothing,
            Restricted = new Outcome(HttpStatusCode.OK),
        },
        Row.Admin("POST /v1/admin/tenants", world => new(
            "/v1/admin/tenants", $$"""{"tenant_id":"{{world.Inside}}","name":"new"}"""), HttpStatusCode.Created),
        Row.Admin("GET /v1/admin/tenants", _ => new("/v1/admin/tenants")),
        Row.Admin("GET /v1/admin/tenants/{tenant_id}", world => new($"/v1/admin/tenants/{world.Tenant.Id}")),
        Row.Admin("PATCH /v1/admin/tenants/{tenant_id}", world => new($"/v1/admin/tenants/{world.Tenant.Id}", """{"name":"new"}""")),
        Row.Admin("POST /v1/admin/api-keys", world => new(
            "/v1/admin/api-keys", $$"""{"tenant_id":"{{world.Tenant.Id}}","name":"new"}"""), HttpStatusCode.Created),
        Row.Admin("GET /v1/admin/api-keys", world => new($"/v1/admin/api-keys?tenant_id={world.Tenant.Id}")),
        Row.Admin("PATCH /v1/admin/api-keys/{key_id}", world => new($"/v1/admin/api-keys/{world.KeyId}", """{"permissions":["admin:write"]}""")),
        Row.Admin("DELETE /v1/admin/api-keys/{key_id}", world => new($"/v1/admin/api-keys/{world.KeyId}")),

        Row.Admin("POST /v1/admin/tenants/bulk-action", world => new(
            "/v1/admin/tenants/bulk-action",
            $$$"""{"filter":{"search":"{{{world.Tenant.Id}}}"},"action":"SUSPEND","idempotency_key":"{{{world.Inside}}}"}""")),
        Row.Admin("GET /v1/admin/audit/logs", world => new($"/v1/admin/audit/logs?tenant_id={world.Tenant.Id}")),
        Row.Admin("GET /v1/admin/overview", _ => new("/v1/admin/overview")),

        // Budgets.
        Row.Dual("POST /v1/admin/budgets", Permissions.BudgetsWrite, world => new(
            "/v1/admin/budgets", $$"""{"scope":"{{world.OutsideScope}}/agent:new","unit":"{{TestTenant.Unit}}","allocated":{{Amount}}}"""), HttpStatusCode.Created) with
        {
            Foreign = Outcome.Invalid,
        },
        Row.Dual("GET /v1/admin/budgets", Permissions.BudgetsRead, _ => new("/v1/admin/budgets")) with
        {
            Foreign = Outcome.ShowsNothing,
            Restricted = Outcome.ShowsInside,
        },
        Row.Dual("GET /v1/admin/budgets", Permissions.BudgetsRead, world => new($"/v1/admin/budgets?scope_prefix={world.OutsideScope}")) with
        {
            Variant = "a prefix",
            Foreign = Outcome.ShowsNothing,
        },
        Row.Dual("GET /v1/admin/budgets/lookup", Permissions.BudgetsRead, world => new(
            $"/v1/admin/budgets/lookup?scope={world.OutsideScope}&unit={TestTenant.Unit}")),
        Row.Dual("POST /v1/admin/budgets/fund", Permissions.BudgetsWrite, world => new(
            $"/v1/admin/budgets/fund?scope={world.OutsideScope}&unit={TestTenant.Unit}", $$"""{"operation":"CREDIT","amount":{{Amount}},"idempotency_key":"k"}""")),
        Row.Admin("PATCH /v1/admin/budgets", world => new(
            $"/v1/admin/budgets?scope={world.OutsideScope}&unit={TestTenant.Unit}", $$"""{"overdraft_limit":{{Amount}}}""")),
        Row.Admin("POST /v1/admin/budgets/freeze", world => new($"/v1/admin/budgets/freeze?scope={world.OutsideScope}&unit={TestTenant.Unit}", "{}")),
        Row.Admin("POST /v1/admin/budgets/unfreeze", world => new(
            $"/v1/admin/budgets/unfreeze?scope={world.OutsideScope}&unit={TestTenant.Unit}", "{}"), HttpStatusCode.Conflict),
        Row.Admin("POST /v1/admin/budgets/bulk-action", world => new(
            "/v1/admin/budgets/bulk-action",
            $$$"""{"filter":{"tenant_id":"{{{world.Tenant.Id}}}","scope_prefix":"{{{world.OutsideScope}}}"},"action":"CREDIT","amount":{{{Amount}}},"idempotency_key":"k"}""")),
        Row.Dual("PUT /v1/x-cycles/budgets/period", Permissions.BudgetsWrite, world => new(
            $"/v1/x-cycles/budgets/period?scope={world.OutsideScope}&unit={TestTenant.Unit}", """{"recurrence":"MONTHLY"}""")),
        Row.Dual("GET /v1/x-cycles/budgets/period", Permissions.BudgetsRead, world => new(
            $"/v1/x-cycles/budgets/period?scope={world.OutsideScope}&unit={TestTenant.Unit}"), HttpStatusCode.NotFound),
        Row.Dual("DELETE /v1/x-cycles/budgets/period", Permissions.BudgetsWrite, world => new(
            $"/v1/x-cycles/budgets/period?scope={world.OutsideScope}&unit={TestTenant.Unit}")),

        // Policies.
        Row.Dual("POST /v1/admin/policies", Permissions.PoliciesWrite, world => new(
            "/v1/admin/policies", $$"""{"name":"new","scope_pattern":"{{world.OutsideScope}}/*"}"""), HttpStatusCode.Created) with
        {
            Foreign = Outcome.Invalid,
        },
        Row.Dual("POST /v1/admin/policies", Permissions.PoliciesWrite, _ => new(
            "/v1/admin/policies", """{"name":"new","scope_pattern":"agent:*"}"""), HttpStatusCode.Created) with
        {
            Variant = "for all agents",

            // In its own tenant.
            Foreign = new Outcome(HttpStatusCode.Created),
        },
        Row.Dual("PATCH /v1/admin/policies/{policy_id}", Permissions.PoliciesWrite, world => new(
            $"/v1/admin/policies/{world.Policy}", """{"priority":7}""")),
        Row.Dual("GET /v1/admin/policies", Permissions.PoliciesRead, _ => new("/v1/admin/policies")) with
        {
            Foreign = Outcome.ShowsNothing,
            Restricted = Outcome.ShowsInside,
        },
    ];
}
