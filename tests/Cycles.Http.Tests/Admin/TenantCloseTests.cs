using System.Collections.Concurrent;
using System.Net;
using Cycles.Http.Tests.Server;

namespace Cycles.Http.Tests.Admin;

/// <summary>CASCADE SEMANTICS, mode B: the tenant is closed first, and what it owns ends after it.</summary>
public sealed class TenantCloseTests(ServerFixture server)
{
    private const string Closed = """{"status":"CLOSED"}""";

    private Api Api => server.Api;

    [Fact]
    public async Task Closing_a_tenant_ends_what_it_owns_and_keeps_the_final_numbers()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        await tenant.CreateBudgetAsync($"{tenant.Root}/agent:a", 50);
        await tenant.CreateBudgetAsync($"{tenant.Root}/agent:frozen", 7);
        await FreezeAsync(tenant, $"{tenant.Root}/agent:frozen", "freeze");
        await TestTenant.CreateKeyAsync(Api, tenant.Id);
        var held = await tenant.ReservedAsync("1", 10, subject: ",\"agent\":\"a\"");
        var committed = await tenant.ReservedAsync("2", 20);
        await tenant.CommitAsync(committed, 20);

        var answer = (await tenant.PatchAsync(Closed)).Expect(HttpStatusCode.OK);

        Assert.Equal("CLOSED", answer.Text("status"));
        Assert.NotNull(answer["closed_at"]);
        await ConvergedAsync(tenant);
        Assert.Equal("RELEASED", (await AdminGetAsync($"/v1/reservations/{held}")).Text("status"));
        Assert.Equal("COMMITTED", (await AdminGetAsync($"/v1/reservations/{committed}")).Text("status"));
        var budgets = (await AdminGetAsync($"/v1/admin/budgets?tenant_id={tenant.Id}&sort_by=scope&sort_dir=asc"))["ledgers"]!.AsArray();
        Assert.Equal(["CLOSED", "CLOSED", "CLOSED"], budgets.Select(budget => (string)budget!["status"]!));
        Assert.Equal([0, 0, 0], budgets.Select(budget => (long)budget!["reserved"]!["amount"]!));
        Assert.Equal([80, 50, 7], budgets.Select(budget => (long)budget!["remaining"]!["amount"]!));
        var keys = (await AdminGetAsync($"/v1/admin/api-keys?tenant_id={tenant.Id}"))["keys"]!.AsArray();
        Assert.Equal(2, keys.Count);
        Assert.All(keys, key => Assert.Equal(("REVOKED", "tenant_closed"), ((string)key!["status"]!, (string)key["revoked_reason"]!)));
    }

    [Fact]
    public async Task Nothing_of_a_closed_tenant_can_be_changed_and_all_of_it_can_be_read()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        await tenant.CreateBudgetAsync($"{tenant.Root}/agent:a", 50);
        var id = await tenant.ReservedAsync("1", 10);
        var policy = $$"""{"tenant_id":"{{tenant.Id}}","name":"p","scope_pattern":"{{tenant.Root}}/*"}""";
        (await AdminPostAsync("/v1/admin/policies", policy)).Expect(HttpStatusCode.Created);
        var keyId = (string)(await AdminGetAsync($"/v1/admin/api-keys?tenant_id={tenant.Id}"))["keys"]![0]!["key_id"]!;
        (await tenant.PatchAsync(Closed)).Expect(HttpStatusCode.OK);

        foreach (var isConverged in new[] { false, true })
        {
            if (isConverged)
            {
                await ConvergedAsync(tenant);
            }

            (await tenant.ReserveAsync("3", 1)).Expect(HttpStatusCode.Conflict, "TENANT_CLOSED");
            (await tenant.EventAsync("3", 1)).Expect(HttpStatusCode.Conflict, "TENANT_CLOSED");
            (await tenant.CommitAsync(id, 5)).Expect(HttpStatusCode.Conflict, "TENANT_CLOSED");
            (await tenant.ExtendAsync(id, 1000)).Expect(HttpStatusCode.Conflict, "TENANT_CLOSED");
            (await tenant.ReleaseAsync(id)).Expect(HttpStatusCode.Conflict, "TENANT_CLOSED");
            (await AdminPostAsync($"/v1/reservations/{id}/release", """{"idempotency_key":"r"}""")).Expect(HttpStatusCode.Conflict, "TENANT_CLOSED");
            (await AdminPostAsync("/v1/admin/budgets", $$$"""{"tenant_id":"{{{tenant.Id}}}","scope":"{{{tenant.Root}}}/agent:b","unit":"TOKENS","allocated":{"unit":"TOKENS","amount":1}}""")).Expect(HttpStatusCode.Conflict, "TENANT_CLOSED");
            (await Api.SendAsync(HttpMethod.Patch, $"/v1/admin/budgets?scope={tenant.Root}&unit=TOKENS", ServerProcess.AdminKey, """{"metadata":{}}""")).Expect(HttpStatusCode.Conflict, "TENANT_CLOSED");
            (await tenant.FundAsync("CREDIT", 1)).Expect(HttpStatusCode.Conflict, "TENANT_CLOSED");
            (await tenant.FundAsync("DEBIT", 1000)).Expect(HttpStatusCode.Conflict, "TENANT_CLOSED");
            (await FreezeAsync(tenant, tenant.Root, "freeze")).Expect(HttpStatusCode.Conflict, "TENANT_CLOSED");
            (await FreezeAsync(tenant, tenant.Root, "unfreeze")).Expect(HttpStatusCode.Conflict, "TENANT_CLOSED");
            (await AdminPostAsync("/v1/admin/policies", policy)).Expect(HttpStatusCode.Conflict, "TENANT_CLOSED");
            (await AdminPostAsync("/v1/admin/api-keys", $$"""{"tenant_id":"{{tenant.Id}}","name":"k"}""")).Expect(HttpStatusCode.Conflict, "TENANT_CLOSED");
            (await Api.SendAsync(HttpMethod.Delete, $"/v1/admin/api-keys/{keyId}", ServerProcess.AdminKey)).Expect(HttpStatusCode.Conflict, "TENANT_CLOSED");
        }

        Assert.Equal("TENANT_CLOSED", (await tenant.DecideAsync("3", 1)).Expect(HttpStatusCode.OK).Text("reason_code"));
        Assert.Equal("DENY", (await tenant.ReserveAsync("4", 1, ",\"dry_run\":true")).Expect(HttpStatusCode.OK).Text("decision"));
        Assert.Single((await AdminGetAsync($"/v1/reservations?tenant={tenant.Id}"))["reservations"]!.AsArray());
        Assert.Equal("CLOSED", (await AdminGetAsync($"/v1/admin/budgets/lookup?scope={tenant.Root}&unit=TOKENS")).Text("status"));
        Assert.Single((await AdminGetAsync($"/v1/admin/policies?tenant_id={tenant.Id}"))["policies"]!.AsArray());
        Assert.Equal("CLOSED", (await AdminGetAsync($"/v1/admin/tenants/{tenant.Id}")).Text("status"));
    }

    [Fact]
    public async Task What_was_done_before_the_close_is_still_answered_to_a_retry()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var reserved = await tenant.ReserveAsync("1", 10);
        var committed = await tenant.ReservedAsync("2", 20);
        (await tenant.CommitAsync(committed, 15)).Expect(HttpStatusCode.OK);
        var applied = (await tenant.EventAsync("e", 5)).Expect(HttpStatusCode.Created);
        var funded = (await tenant.FundAsync("CREDIT", 1, ",\"idempotency_key\":\"f\"")).Expect(HttpStatusCode.OK);
        (await tenant.PatchAsync(Closed)).Expect(HttpStatusCode.OK);
        await ConvergedAsync(tenant);

        Assert.Equal(reserved.Text("reservation_id"), (await tenant.ReserveAsync("1", 10)).Expect(HttpStatusCode.OK).Text("reservation_id"));
        Assert.Equal(15, (await tenant.CommitAsync(committed, 15)).Expect(HttpStatusCode.OK).Amount("charged"));
        Assert.Equal(applied.Text("event_id"), (await tenant.EventAsync("e", 5)).Expect(HttpStatusCode.Created).Text("event_id"));
        Assert.Equal(funded.Text("timestamp"), (await tenant.FundAsync("CREDIT", 1, ",\"idempotency_key\":\"f\"")).Expect(HttpStatusCode.OK).Text("timestamp"));
    }

    [Fact]
    public async Task A_key_that_the_close_has_revoked_reads_nothing()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        var id = await tenant.ReservedAsync("1", 10);
        (await tenant.PatchAsync(Closed)).Expect(HttpStatusCode.OK);
        await ConvergedAsync(tenant);
        await Task.Delay(TimeSpan.FromSeconds(1));

        (await tenant.GetAsync($"/v1/reservations/{id}")).Expect(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
        (await tenant.GetAsync($"/v1/balances?tenant={tenant.Id}")).Expect(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
        (await tenant.ReserveAsync("3", 1)).Expect(HttpStatusCode.Conflict, "TENANT_CLOSED");
    }

    [Fact]
    public async Task Closing_again_changes_nothing_and_nothing_leads_back()
    {
        var tenant = await TestTenant.CreateAsync(Api, 100);
        (await tenant.PatchAsync("""{"status":"SUSPENDED"}""")).Expect(HttpStatusCode.OK);
        var first = (await tenant.PatchAsync(Closed)).Expect(HttpStatusCode.OK);
        await ConvergedAsync(tenant);
        var budget = await AdminGetAsync($"/v1/admin/budgets/lookup?scope={tenant.Root}&unit=TOKENS");

        var second = (await tenant.PatchAsync(Closed)).Expect(HttpStatusCode.OK);

        Assert.Equal(first.Body.ToJsonString(), second.Body.ToJsonString());
        Assert.Equal(budget.Body.ToJsonString(), (await AdminGetAsync($"/v1/admin/budgets/lookup?scope={tenant.Root}&unit=TOKENS")).Body.ToJsonString());
        (await tenant.PatchAsync("""{"status":"ACTIVE"}""")).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        (await tenant.PatchAsync("""{"status":"SUSPENDED"}""")).Expect(HttpStatusCode.BadRequest, "INVALID_REQUEST");
        Assert.Equal("CLOSED", (await AdminGetAsync($"/v1/admin/tenants/{tenant.Id}")).Text("status"));
    }

    [Fact]
    public async Task Reserves_in_flight_while_a_tenant_closes_leave_nothing_held()
    {
        var tenant = await TestTenant.CreateAsync(Api, 1_000_000);
        await tenant.CreateBudgetAsync($"{tenant.Root}/agent:a", 1_000_000);
        using var stop = new CancellationTokenSource();
        var isClosed = false;
        var late = new ConcurrentBag<string>();
        var refused = 0;
        var workers = Enumerable.Range(0, 12).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                var beganAfter = Volatile.Read(ref isClosed);
                var answer = await tenant.ReserveAsync($"{worker}-{i}", 1, subject: ",\"agent\":\"a\"");
                if (answer.Status == HttpStatusCode.OK)
                {
                    if (beganAfter)
                    {
                        late.Add(answer.Text("reservation_id"));
                    }

                    var next = (i % 3) switch
                    {
                        0 => await tenant.CommitAsync(answer.Text("reservation_id"), 1),
                        1 => await tenant.ReleaseAsync(answer.Text("reservation_id")),
                        _ => answer,
                    };
                    Assert.True(next.Status == HttpStatusCode.OK || next.Error == "TENANT_CLOSED", next.Body.ToJsonString());
                }
                else
                {
                    answer.Expect(HttpStatusCode.Conflict, "TENANT_CLOSED");
                    Interlocked.Increment(ref refused);
                }
            }
        })).ToArray();
        await Task.Delay(700);

        // After any read that shows the flip, no change succeeds that begins later.
        var watch = Task.Run(async () =>
        {
            while ((await AdminGetAsync($"/v1/admin/tenants?search={tenant.Id}"))["tenants"]![0]!["status"]!.ToString() != "CLOSED")
            {
            }

            Volatile.Write(ref isClosed, true);
        });
        (await tenant.PatchAsync(Closed)).Expect(HttpStatusCode.OK);
        Volatile.Write(ref isClosed, true);
        await Task.Delay(500);
        await stop.CancelAsync();
        await Task.WhenAll([.. workers, watch]);
        await ConvergedAsync(tenant);

        Assert.Empty(late);
        Assert.True(refused > 0);
        var budgets = (await AdminGetAsync($"/v1/admin/budgets?tenant_id={tenant.Id}"))["ledgers"]!.AsArray();
        Assert.All(budgets, budget => Assert.Equal((0, "CLOSED"), ((long)budget!["reserved"]!["amount"]!, (string)budget["status"]!)));
    }

    [Fact]
    public async Task A_patch_that_changes_nothing_leaves_the_tenant_as_it_is()
    {
        var tenant = await TestTenant.CreateAsync(Api);
        var changed = (await tenant.PatchAsync("""{"status":"SUSPENDED","name":"New"}""")).Expect(HttpStatusCode.OK);

        var again = (await tenant.PatchAsync("""{"status":"SUSPENDED","name":"New"}""")).Expect(HttpStatusCode.OK);

        Assert.Equal(changed.Body.ToJsonString(), again.Body.ToJsonString());
    }

    /// <summary>Asks until nothing is active any more, with the reads of an operator.</summary>
    private Task ConvergedAsync(TestTenant tenant) => TestTenant.UntilAsync(async () =>
        (await AdminGetAsync($"/v1/reservations?tenant={tenant.Id}&status=ACTIVE"))["reservations"]!.AsArray().Count == 0
        && (await AdminGetAsync($"/v1/admin/budgets?tenant_id={tenant.Id}&status=ACTIVE"))["ledgers"]!.AsArray().Count == 0
        && (await AdminGetAsync($"/v1/admin/budgets?tenant_id={tenant.Id}&status=FROZEN"))["ledgers"]!.AsArray().Count == 0
        && (await AdminGetAsync($"/v1/admin/api-keys?tenant_id={tenant.Id}&status=ACTIVE"))["keys"]!.AsArray().Count == 0);

    private Task<Answer> FreezeAsync(TestTenant tenant, string scope, string operation) =>
        AdminPostAsync($"/v1/admin/budgets/{operation}?scope={scope}&unit={TestTenant.Unit}", "{}");

    private async Task<Answer> AdminGetAsync(string path) => (await Api.GetAsync(path, ServerProcess.AdminKey)).Expect(HttpStatusCode.OK);

    private Task<Answer> AdminPostAsync(string path, string body) => Api.PostAsync(path, ServerProcess.AdminKey, body);
}
