namespace Cycles.Http.Tests.Server;

/// <summary>What operators are told to alert on does not come of clients that go away, nor of a busy healthy server.</summary>
public sealed class DisconnectTests
{
    private const int Resets = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_client_that_resets_its_connection_in_the_middle_of_a_body_is_no_error()
    {
        var data = Directory.CreateTempSubdirectory("cycles-reset-");
        try
        {
            using var process = await ServerProcess.StartAsync(data.FullName, ("Logging__LogLevel__Cycles.Gateway", "Debug"));
            var head = RawHttp.Bytes(
                $"POST /v1/admin/tenants HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-Admin-API-Key: {ServerProcess.AdminKey}\r\n"
                + "Expect: 100-continue\r\nContent-Length: 1000\r\n\r\n");

            await Task.WhenAll(Enumerable.Range(0, Resets).Select(_ => RawHttp.ResetInBodyAsync(process.Address, head, "{\"tenant_id\":"u8.ToArray(), Patience)));

            int Count(string line) => process.Output.Count(said => said.Contains(line, StringComparison.Ordinal));
            for (var waited = 0; Count("ProtocolMiddleware[2002]") < Resets && waited < 600; waited++)
            {
                await Task.Delay(100);
            }

            Assert.Equal(Resets, Count("ProtocolMiddleware[2002]"));
            Assert.Equal(0, Count("[2001]"));
            Assert.Equal(0, Count("Exception"));
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_server_under_changes_and_readers_of_the_audit_log_has_no_fault_to_tell_of()
    {
        var data = Directory.CreateTempSubdirectory("cycles-alerts-");
        try
        {
            // What stays untold for three of its timeouts is a fault: with this one, the second count after it was found says so.
            using var process = await ServerProcess.StartAsync(data.FullName, ("Cycles__Store__Timeout", "00:00:03"));
            using var api = new Api(process.Address);
            var tenants = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => TestTenant.CreateAsync(api)));
            using var end = new CancellationTokenSource(TimeSpan.FromSeconds(25));

            // Two rounds of counting and more, each of which met entries that were about to become durable.
            await Task.WhenAll(tenants.Select(tenant => UntilAsync(end.Token, i => tenant.PatchAsync($$"""{"name":"name {{i}}"}""")))
                .Append(UntilAsync(end.Token, async _ =>
                {
                    await api.GetAsync("/v1/admin/audit/logs?limit=20", ServerProcess.AdminKey);
                    await Task.Delay(200);
                })));

            Assert.DoesNotContain(process.Output, line => line.Contains("[1303]", StringComparison.Ordinal) || line.StartsWith("fail:", StringComparison.Ordinal));
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private static async Task UntilAsync(CancellationToken end, Func<int, Task> act)
    {
        for (var i = 0; !end.IsCancellationRequested; i++)
        {
            await act(i);
        }
    }
}
