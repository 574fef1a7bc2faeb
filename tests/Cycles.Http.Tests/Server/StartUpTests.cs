using System.Net;
using Cycles.Http.Tests.Protocol;

namespace Cycles.Http.Tests.Server;

/// <summary>The process as its operator sees it.</summary>
public sealed class StartUpTests(ServerFixture server)
{
    [Theory]
    [InlineData("Cycles__AdminKey", "short", "at least 16 characters")]
    [InlineData("Cycles__CorsOrigins", "*", "CorsOrigins must be origins")]
    [InlineData("Cycles__CorsOrigins", "https://a.example,https://b.example/", "https://b.example/")]
    [InlineData("Cycles__SiloPort", "abc", "Cycles:SiloPort")]
    [InlineData("Cycles__Store__MaxBatch", "0", "MaxBatch must be")]
    [InlineData("Cycles__Store__MaxPolicies", "0", "MaxPolicies must be")]
    [InlineData("Cycles__Store__MaxOutstanding", "-1", "MaxOutstanding must be")]
    [InlineData("Cycles__Store__MaxBytesPerDay", "1000", "MaxBytesPerDay must be")]
    [InlineData("Cycles__Store__MaxBudgets", "0", "MaxBudgets must be")]
    [InlineData("Cycles__Store__MaxBatchBytes", "1", "MaxBatchBytes must be")]
    [InlineData("Cycles__Store__MaxQueuedBytes", "1", "MaxQueuedBytes must be")]
    [InlineData("Cycles__MaxMetadataBytes", "1", "MaxMetadataBytes must be")]
    [InlineData("Cycles__MaxBytesInFlight", "1", "MaxBytesInFlight must be")]
    [InlineData("Cycles__ChangesPerMinute", "0", "ChangesPerMinute must be")]
    [InlineData("Cycles__Silo", "external", "ConnectionStrings:Redis")]
    [InlineData("ConnectionStrings__Redis", "127.0.0.1:1", "cannot be reached")]
    [InlineData("--urls", "nonsense", "nonsense")]
    [InlineData("--urls", "https://127.0.0.1:0", "leaves TLS to a proxy")]
    public async Task A_start_up_that_cannot_work_ends_with_one_clear_line(string name, string value, string reason)
    {
        var data = Directory.CreateTempSubdirectory("cycles-start-");
        var (exitCode, output) = await ServerProcess.RunToEndAsync(
            ("Cycles__DataPath", data.FullName), ("Cycles__Store__StartPatience", "00:00:00"), (name, value));
        data.Delete(recursive: true);

        Assert.Equal(1, exitCode);
        Assert.StartsWith("Cycles cannot start: ", output);
        Assert.Contains(reason, output);
        Assert.Single(output.Split('\n'));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said()
    {
        var data = Directory.CreateTempSubdirectory("cycles-start-");
        var (exitCode, output) = await ServerProcess.RunToEndAsync(
            ("Cycles__DataPath", data.FullName), ("--urls", server.Api.Address.GetLeftPart(UriPartial.Authority)));
        data.Delete(recursive: true);

        Assert.NotEqual(0, exitCode);
        Assert.Contains("address already in use", output);
    }

    [Fact]
    public async Task A_process_that_has_no_memory_left_ends_with_one_line_that_says_so()
    {
        var data = Directory.CreateTempSubdirectory("cycles-start-");
        var (exitCode, output) = await ServerProcess.RunToEndAsync(
            ("Cycles__DataPath", data.FullName), ("DOTNET_GCHeapHardLimit", "0x2800000"));
        data.Delete(recursive: true);

        Assert.NotEqual(0, exitCode);
        Assert.StartsWith("Cycles ends: it has no memory left", output);
        Assert.Single(output.Split('\n'));
    }

    [Fact]
    public async Task A_killed_server_comes_back_with_everything_and_replays()
    {
        var data = Directory.CreateTempSubdirectory("cycles-restart-");
        TestTenant tenant;
        Answer reserved;
        string key;
        using (var process = await ServerProcess.StartAsync(data.FullName))
        {
            using var api = new Api(process.Address);
            tenant = await TestTenant.CreateAsync(api, 100);
            key = tenant.Key;
            reserved = await tenant.ReserveAsync("1", 10);
            await tenant.EventAsync("1", 5);
        }

        using (var process = await ServerProcess.StartAsync(data.FullName))
        {
            using var api = new Api(process.Address);

            var replayed = (await api.PostAsync("/v1/reservations", key, tenant.Estimate("1", 10))).Expect(HttpStatusCode.OK);
            Assert.Equal(reserved.Text("reservation_id"), replayed.Text("reservation_id"));
            Assert.Equal(reserved.Number("expires_at_ms"), replayed.Number("expires_at_ms"));
            var balances = await api.GetAsync($"/v1/balances?tenant={tenant.Id}", key);
            Assert.Equal((5, 10, 85), (balances.Balance(tenant.Root, "spent"), balances.Balance(tenant.Root, "reserved"), balances.Balance(tenant.Root, "remaining")));
        }

        data.Delete(recursive: true);
    }

    [Fact]
    public void The_protocols_files_are_named_when_they_are_missing()
    {
        if (ProtocolSchemas.Instance is null)
        {
            // Not a failure: they are not in this repository. But it must not go unseen that no answer was checked against them.
            TestContext.Current.SendDiagnosticMessage(
                $"NO ANSWER WAS CHECKED AGAINST THE PROTOCOL: {ProtocolFiles.Runtime} is not in shared/protocol beside this repository; set CYCLES_PROTOCOL_DIR");
            Console.Error.WriteLine("The protocol's files were not found: answers were not checked against its schemas. Set CYCLES_PROTOCOL_DIR.");
        }
    }
}
