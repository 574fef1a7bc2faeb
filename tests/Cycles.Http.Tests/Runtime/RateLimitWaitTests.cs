using System.Net;
using Cycles.Http.Tests.Server;

namespace Cycles.Http.Tests.Runtime;

/// <summary>In a class of its own, so that others run during its minute.</summary>
public sealed class RateLimitWaitTests(ServerFixture server)
{
    [Fact]
    public async Task A_caller_that_waits_as_long_as_it_was_told_is_admitted()
    {
        var tenant = await TestTenant.CreateAsync(server.Api, 100);
        (await server.Api.PostAsync(
            "/v1/admin/policies",
            ServerProcess.AdminKey,
            $$$"""{"tenant_id":"{{{tenant.Id}}}","name":"p","scope_pattern":"tenant:*","rate_limits":{"max_reservations_per_minute":1}}""")).Expect(HttpStatusCode.Created);
        (await tenant.ReserveAsync("1", 1)).Expect(HttpStatusCode.OK);

        var refused = (await tenant.ReserveAsync("2", 1)).Expect(HttpStatusCode.TooManyRequests, "LIMIT_EXCEEDED");
        var wait = TimeSpan.FromSeconds(int.Parse(refused.Headers["Retry-After"]));
        await Task.Delay(wait - TimeSpan.FromSeconds(3));
        (await tenant.ReserveAsync("2", 1)).Expect(HttpStatusCode.TooManyRequests, "LIMIT_EXCEEDED");
        await Task.Delay(TimeSpan.FromSeconds(3));

        (await tenant.ReserveAsync("2", 1)).Expect(HttpStatusCode.OK);
    }
}
