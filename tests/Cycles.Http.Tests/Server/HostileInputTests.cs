using System.Text;

namespace Cycles.Http.Tests.Server;

/// <summary>No input gives a 5xx: requests that are broken at random, from a seed that a failure names.</summary>
public sealed class HostileInputTests(ServerFixture server)
{
    private const int Requests = 1500;
    private const int AtOnce = 16;
    private const int Seed = 20261127;

    // An input may be the beginning of a request that never goes on: then there is no answer to wait for.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly string[] Paths =
    [
        "/v1/reservations", "/v1/decide", "/v1/events", "/v1/balances?tenant=T", "/v1/reservations/x/commit", "/v1/reservations/rsv_T_00/release",
        "/v1/reservations?limit=1", "/v1/admin/tenants", "/v1/admin/budgets", "/v1/admin/budgets/fund?scope=tenant:T&unit=TOKENS&tenant_id=T",
        "/v1/admin/policies", "/v1/admin/api-keys", "/v1/admin/audit/logs?limit=5", "/v1/admin/tenants/bulk-action", "/v1/auth/introspect",
        "/v1/x-cycles/budgets/period?scope=tenant:T&unit=TOKENS", "/health/ready", "/",
    ];

    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "get", "PROPFIND", "CONNECT", "A"];

    // Each changes a whole request in a way that somebody has sent before.
    private static readonly string[] Values =
    [
        "%00", "%", "%zz", "%c3%28", "%ff", "../../etc", "\0", "\u00ff\u00fe", "\\ud800", "\\udc00\\ud800", "\\u0000", "9223372036854775808", "-9223372036854775809", "1e400",
        "-0", "0.1", "1e5", "99999999999999999999999999999999", "NaN", "null", "true", "[]", "{}", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "\"", "\\", "'", "\r\n", "\t",
        "a:b", "tenant:T/agent:*", "*", "\u00c3\u00a4", "\u00f0\u009f\u0098\u0080", "<script>", "%s%n", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999+14:00",
    ];

    [Fact]
    public async Task No_broken_request_gives_a_5xx_and_every_answer_is_one_of_the_protocol()
    {
        var tenant = await TestTenant.CreateAsync(server.Api, 1_000_000);
        var faults = new List<string>();
        var answered = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, Requests), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, _) =>
        {
            var request = Break(new Random(Seed + number), tenant);
            var answer = await RawHttp.SendAsync(server.Api.Address, request, Patience);
            Interlocked.Add(ref answered, answer is null ? 0 : 1);
            var isHead = request.AsSpan().StartsWith("HEAD"u8);
            if (answer?.Fault(isHead) is { } fault)
            {
                lock (faults)
                {
                    faults.Add($"seed {Seed + number}: {fault}\n{Encoding.Latin1.GetString(request)[..Math.Min(request.Length, 600)]}");
                }
            }
        });

        Assert.True(faults.Count == 0, string.Join("\n\n", faults.Take(5)));
        Assert.InRange(answered, Requests / 3, Requests);
        Assert.DoesNotContain(server.Output, line => line.Contains("ProtocolMiddleware[2001]", StringComparison.Ordinal));
    }

    private static byte[] Break(Random random, TestTenant tenant)
    {
        string Pick(string[] from) => from[random.Next(from.Length)];
        string Value() => Pick(Values);

        var path = Pick(Paths).Replace("T", tenant.Id, StringComparison.Ordinal);
        var method = random.Next(3) > 0 ? (path.Contains('?', StringComparison.Ordinal) && !path.Contains("fund", StringComparison.Ordinal) ? "GET" : "POST") : Pick(Methods);
        var body = tenant.Estimate($"fuzz-{random.Next()}", random.Next(100), random.Next(2) == 0 ? "" : ",\"metadata\":{\"a\":1}");
        var headers = new List<string>
        {
            "Host: x", "Connection: close", "Content-Type: application/json", $"X-Cycles-API-Key: {tenant.Key}", $"X-Admin-API-Key: {ServerProcess.AdminKey}",
        };
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            switch (random.Next(12))
            {
                case 0:
                    path += (path.Contains('?', StringComparison.Ordinal) ? "&x=" : "/") + Value();
                    break;
                case 1:
                    headers.Add($"{Pick(["X-Request-Id", "traceparent", "X-Idempotency-Key", "Content-Type", "Accept", "Expect", "Cookie", "X-Cycles-Trace-Id", "Origin", "Range"])}: {Value()}");
                    break;
                case 2:
                    headers.RemoveAt(random.Next(headers.Count));
                    break;
                case 3:
                    headers.Add(Pick(["Transfer-Encoding: chunked", "Content-Length: 5", "Content-Length: 999999", "Transfer-Encoding: gzip, chunked", "Host: y", "Upgrade: h2c", "Connection: Upgrade", "Content-Encoding: gzip"]));
                    break;
                case 4:
                    headers.Add($"X-Big: {new string('b', random.Next(50_000))}");
                    break;
                case 5:
                    path = new string('/', random.Next(1, 9)) + path + new string('q', random.Next(10_000));
                    break;
                case 6:
                    body = body.Insert(random.Next(body.Length), Value());
                    break;
                case 7:
                    body = body[..random.Next(body.Length)];
                    break;
                case 8:
                    var (from, to) = (random.Next(body.Length), random.Next(body.Length));
                    body = from < to ? body.Remove(from, Math.Min(to - from, 12)) : body + body;
                    break;
                case 9:
                    body = body.Replace("\"x\"", $"\"{Value()}\"", StringComparison.Ordinal).Replace(":1}", $":{Value()}}}", StringComparison.Ordinal);
                    break;
                case 10:
                    body = Pick(["{\"a\":", "["]) is var open ? string.Concat(Enumerable.Repeat(open, random.Next(1, 3000))) : body;
                    break;
                default:
                    method = Pick(Methods);
                    break;
            }
        }

        var head = $"{method} {path} HTTP/1.{random.Next(2)}\r\n{string.Join("\r\n", headers)}\r\n";
        var whole = random.Next(3) switch
        {
            0 => $"{head}Transfer-Encoding: chunked\r\n\r\n{Chunks(random, body)}",
            _ => $"{head}Content-Length: {body.Length}\r\n\r\n{body}",
        };
        return RawHttp.Bytes(whole);
    }

    private static string Chunks(Random random, string body)
    {
        var size = random.Next(8) switch
        {
            0 => "ffffffffffffffff",
            1 => "7fffffff",
            2 => "-1",
            3 => "zz",
            4 => $"{body.Length + 1:x}",
            5 => $"{body.Length:x};ext=\"{new string('e', random.Next(200))}\"",
            _ => $"{body.Length:x}",
        };
        var trailer = random.Next(4) switch { 0 => "Bad Trailer\r\n", 1 => "X-T: \u00ff\r\n", 2 => "Content-Length: 5\r\n", _ => string.Empty };
        return $"{size}\r\n{body}\r\n0\r\n{trailer}\r\n";
    }
}
