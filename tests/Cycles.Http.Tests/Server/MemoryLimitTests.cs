using System.Net;

namespace Cycles.Http.Tests.Server;

/// <summary>A process in a container as small as the documentation allows, under all the load that it takes.</summary>
public sealed class MemoryLimitTests
{
    private const int Clients = 48;

    private static readonly TimeSpan Load = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string Metadata = $@",""metadata"":{{""text"":""{new string('x', 8000)}""}}";

    [Fact]
    public async Task With_512_MB_it_serves_records_of_8_KB_and_ends_when_it_is_asked_to()
    {
        using var group = MemoryGroup.CreateOrSkip(512);
        var data = Directory.CreateTempSubdirectory("cycles-memory-");
        using (var process = await ServerProcess.StartAsync(data.FullName, group))
        {
            using var api = new Api(process.Address);
            var tenant = await TestTenant.CreateAsync(api, 1_000_000_000);

            // More than stay in memory while they wait for their commit.
            var waiting = new List<string>();
            for (var batch = 0; batch < 30; batch++)
            {
                waiting.AddRange(await Task.WhenAll(Enumerable.Range(0, 50).Select(
                    i => tenant.ReservedAsync($"waiting-{batch}-{i}", 1, $@",""ttl_ms"":600000{Metadata}"))));
            }

            var pairs = await LoadAsync(process, tenant);
            foreach (var batch in waiting.Chunk(50))
            {
                await Task.WhenAll(batch.Select(async id => (await tenant.CommitAsync(id, 1)).Expect(HttpStatusCode.OK)));
            }

            Assert.False(process.HasEnded);
            Assert.True(pairs > 0, "nothing was served");
            (await api.GetAsync("/health/ready", string.Empty)).Expect(HttpStatusCode.OK);
            Assert.Equal(pairs + waiting.Count, await tenant.AmountAsync("spent"));
            process.Terminate();
            Assert.Equal(0, await process.EndAsync(Patience));
        }

        data.Delete(recursive: true);
    }

    [Fact]
    public async Task Where_its_settings_ask_for_more_than_there_is_it_goes_on_or_ends_with_one_line_and_never_hangs()
    {
        using var group = MemoryGroup.CreateOrSkip(320);
        var data = Directory.CreateTempSubdirectory("cycles-memory-");
        using (var process = await ServerProcess.StartAsync(data.FullName, group, ("Cycles__EmbeddedStore__Memory", "512m")))
        {
            using var api = new Api(process.Address);
            var tenant = await TestTenant.CreateAsync(api, 1_000_000_000);

            await LoadAsync(process, tenant);

            process.Terminate();
            if (await process.EndAsync(Patience) != 0)
            {
                // The kernel says nothing when it is the one that ends it.
                Assert.InRange((await process.Error).Trim().Split('\n').Count(line => line.StartsWith("Cycles ends:", StringComparison.Ordinal)), 0, 1);
            }
        }

        data.Delete(recursive: true);
    }

    /// <summary>Reserves and commits from many clients at once; what is answered 503 comes again.</summary>
    /// <returns>How many commits were answered.</returns>
    private static async Task<long> LoadAsync(ServerProcess process, TestTenant tenant)
    {
        using var end = new CancellationTokenSource(Load);
        using var http = new HttpClient { BaseAddress = process.Address, Timeout = Patience };
        http.DefaultRequestHeaders.Add("X-Cycles-API-Key", tenant.Key);
        var pairs = 0L;
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
        {
            for (var i = 0; !end.IsCancellationRequested && !process.HasEnded; i++)
            {
                try
                {
                    if (await SendAsync(http, "/v1/reservations", tenant.Estimate($"{client}-{i}", 1, Metadata), end.Token) is { } reserved
                        && await SendAsync(
                            http,
                            $"/v1/reservations/{reserved.Split("\"reservation_id\":\"")[1].Split('"')[0]}/commit",
                            """{"idempotency_key":"c","actual":{"unit":"TOKENS","amount":1}}""",
                            CancellationToken.None) is not null)
                    {
                        Interlocked.Increment(ref pairs);
                    }
                }
                catch (HttpRequestException)
                {
                    // It has ended, or ends; the test says whether it may.
                }
            }
        }));
        return pairs;
    }

    /// <returns>The answer's body; null when the server refuses it for want of memory until the end.</returns>
    private static async Task<string?> SendAsync(HttpClient http, string path, string body, CancellationToken end)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!patience.IsCancellationRequested && !end.IsCancellationRequested)
        {
            using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
            using var response = await http.PostAsync(path, content);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                return await response.Content.ReadAsStringAsync();
            }

            Assert.True(response.StatusCode == HttpStatusCode.ServiceUnavailable, $"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
            Assert.Equal("1", response.Headers.RetryAfter?.ToString());
            await Task.Delay(TimeSpan.FromSeconds(1));
        }

        Assert.True(end.CanBeCanceled, "a commit was refused for want of memory for a whole minute");
        return null;
    }
}
