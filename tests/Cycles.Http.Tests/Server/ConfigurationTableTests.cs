using System.Text.RegularExpressions;

namespace Cycles.Http.Tests.Server;

/// <summary>
/// Every key of the README's configuration table: a value that cannot work ends the start with exit code 1 and one line that names the key and what is
/// allowed, and the key is one that the server knows.
/// </summary>
public sealed partial class ConfigurationTableTests
{
    private const int AtOnce = 3;

    /// <summary>A wrong value of each key, and words of the line that say what is allowed.</summary>
    private static readonly Dictionary<string, (string Setting, string Wrong, string Allowed)> Wrong = new()
    {
        ["--urls"] = ("--urls", "http://127.0.0.1:99999", "--urls (ASPNETCORE_URLS) is 'http://127.0.0.1:99999' and must be addresses such as http://127.0.0.1:7878, with a port of 0 to 65535"),
        ["ASPNETCORE_URLS"] = ("--urls", "http://", "--urls (ASPNETCORE_URLS) is 'http://' and must be addresses"),
        ["Cycles__AdminKey"] = ("Cycles__AdminKey", "short", "Cycles:AdminKey must have at least 16 characters and at most 1024"),
        ["Cycles__AdminKeyFile"] = ("Cycles__AdminKeyFile", "/none/at/all", "Cycles:AdminKeyFile '/none/at/all' must be a file that can be read"),
        ["Cycles__DataPath"] = ("Cycles__DataPath", "/dev/null", "set Cycles:DataPath to a folder that this user can write"),
        ["ConnectionStrings__Redis"] = ("ConnectionStrings__Redis", "127.0.0.1:1,bogus=1", "ConnectionStrings:Redis must be a StackExchange.Redis connection string"),
        ["Cycles__Silo"] = ("Cycles__Silo", "elsewhere", "Cycles:Silo is 'elsewhere' and must be one of Embedded, External"),
        ["Cycles__SiloPort"] = ("Cycles__SiloPort", "abc", "Cycles:SiloPort is 'abc' and must be a whole number (Cycles:SiloPort must be 0 to 65535)"),
        ["Cycles__GatewayPort"] = ("Cycles__GatewayPort", "70000", "Cycles:GatewayPort must be 0 to 65535"),
        ["Cycles__Tls__CertificatePath"] = ("Cycles__Tls__CertificatePath", "/none", "Cycles:Tls needs CertificatePath, KeyPath and CaPath, or none of them"),
        ["Cycles__Tls__KeyPath"] = ("Cycles__Tls__KeyPath", "/none", "Cycles:Tls needs CertificatePath, KeyPath and CaPath, or none of them"),
        ["Cycles__Tls__CaPath"] = ("Cycles__Tls__CaPath", "/none", "Cycles:Tls needs CertificatePath, KeyPath and CaPath, or none of them"),
        ["Cycles__AdvertisedAddress"] = ("Cycles__AdvertisedAddress", "localhost", "Cycles:AdvertisedAddress 'localhost' must be an IP address"),
        ["Cycles__ClusterId"] = ("Cycles__ClusterId", " ", "Cycles:ClusterId must not be empty"),
        ["Cycles__MaxRequestBodyBytes"] = ("Cycles__MaxRequestBodyBytes", "1", "Cycles:MaxRequestBodyBytes must be 1024 to 16777216"),
        ["Cycles__MaxMetadataBytes"] = ("Cycles__MaxMetadataBytes", "1", "Cycles:MaxMetadataBytes must be 256 to 1048576"),
        ["Cycles__MaxBytesInFlight"] = ("Cycles__MaxBytesInFlight", "1000", "Cycles:MaxBytesInFlight must be at least 1048576, or 0 for a share of the memory"),
        ["Cycles__ChangesPerMinute"] = ("Cycles__ChangesPerMinute", "0", "Cycles:ChangesPerMinute must be at least 1"),
        ["Cycles__ApiKeyCache"] = ("Cycles__ApiKeyCache", "soon", "Cycles:ApiKeyCache is 'soon' and must be a duration such as 00:00:10 (Cycles:ApiKeyCache must be 00:00:00 to 00:00:01"),
        ["Cycles__RetryPatience"] = ("Cycles__RetryPatience", "00:02:00", "Cycles:RetryPatience must be 00:00:00 to 00:01:00"),
        ["Cycles__DrainDelay"] = ("Cycles__DrainDelay", "00:00:06", "Cycles:DrainDelay must be 00:00:00 to 00:00:05"),
        ["Cycles__CorsOrigins"] = ("Cycles__CorsOrigins", "*", "Cycles:CorsOrigins must be origins such as https://dashboard.example"),
        ["Cycles__UnauthenticatedAuditPerMinute"] = ("Cycles__UnauthenticatedAuditPerMinute", "0", "Cycles:UnauthenticatedAuditPerMinute must be at least 1"),
        ["Cycles__DeniedAuditPerMinute"] = ("Cycles__DeniedAuditPerMinute", "-1", "Cycles:DeniedAuditPerMinute must be at least 1"),
        ["Cycles__NoOpEndpoint"] = ("Cycles__NoOpEndpoint", "perhaps", "Cycles:NoOpEndpoint is 'perhaps' and must be true or false"),
        ["Cycles__Store__MaxBatch"] = ("Cycles__Store__MaxBatch", "0", "Cycles:Store:MaxBatch must be 1 to 10000"),
        ["Cycles__Store__MaxQueued"] = ("Cycles__Store__MaxQueued", "many", "Cycles:Store:MaxQueued is 'many' and must be a whole number (Cycles:Store:MaxQueued must be 1 to 1000000)"),
        ["Cycles__Store__MaxBatchBytes"] = ("Cycles__Store__MaxBatchBytes", "1", "Cycles:Store:MaxBatchBytes must be 65536 to 67108864"),
        ["Cycles__Store__MaxQueuedBytes"] = ("Cycles__Store__MaxQueuedBytes", "1", "Cycles:Store:MaxQueuedBytes must be at least 1048576, or 0 for a share of the memory"),
        ["Cycles__Store__HistoryBatch"] = ("Cycles__Store__HistoryBatch", "8", "Cycles:Store:HistoryBatch must be 16 to 4096"),
        ["Cycles__Store__WaitForReplicas"] = ("Cycles__Store__WaitForReplicas", "17", "Cycles:Store:WaitForReplicas must be 0 to 16"),
        ["Cycles__Store__Timeout"] = ("Cycles__Store__Timeout", "01:00:00", "Cycles:Store:Timeout must be 00:00:00.1 to 00:01:00"),
        ["Cycles__Store__StartPatience"] = ("Cycles__Store__StartPatience", "01:00:00", "Cycles:Store:StartPatience must be 00:00:00 to 00:10:00"),
        ["Cycles__Store__MaxPolicies"] = ("Cycles__Store__MaxPolicies", "0", "Cycles:Store:MaxPolicies must be 1 to 100000"),
        ["Cycles__Store__MaxBudgets"] = ("Cycles__Store__MaxBudgets", "0", "Cycles:Store:MaxBudgets must be 1 to 10000000"),
        ["Cycles__Store__MaxOutstanding"] = ("Cycles__Store__MaxOutstanding", "-1", "Cycles:Store:MaxOutstanding must be 0 to 1000000000"),
        ["Cycles__Store__MaxBytesPerDay"] = ("Cycles__Store__MaxBytesPerDay", "1", "Cycles:Store:MaxBytesPerDay must be at least 1000000, or 0 for no limit"),
        ["Cycles__Store__Retention"] = ("Cycles__Store__Retention", "00:01:00", "Cycles:Store:Retention must be at least 1.00:00:00"),
        ["Cycles__Store__ReplayRetention"] = ("Cycles__Store__ReplayRetention", "00:01:00", "Cycles:Store:ReplayRetention must be at least 1.00:00:00"),
        ["Cycles__Store__AuditRetention"] = ("Cycles__Store__AuditRetention", "00:01:00", "Cycles:Store:AuditRetention"),
        ["Cycles__Store__UnauthenticatedAuditRetention"] = ("Cycles__Store__UnauthenticatedAuditRetention", "00:01:00", "UnauthenticatedAuditRetention must be at least 1.00:00:00"),
        ["Cycles__EmbeddedStore__Memory"] = ("Cycles__EmbeddedStore__Memory", "foo", "Cycles:EmbeddedStore:Memory is 'foo' and must be a size of"),
        ["Cycles__EmbeddedStore__Index"] = ("Cycles__EmbeddedStore__Index", "-1m", "Cycles:EmbeddedStore:Index is '-1m' and must be a size of"),
        ["Cycles__EmbeddedStore__AppendOnlyFileLimit"] = ("Cycles__EmbeddedStore__AppendOnlyFileLimit", "1", "Cycles:EmbeddedStore:AppendOnlyFileLimit is '1' and must be a size of"),
        ["Cycles__EmbeddedStore__MinimumFreeMegabytes"] = ("Cycles__EmbeddedStore__MinimumFreeMegabytes", "0", "Cycles:EmbeddedStore:MinimumFreeMegabytes must be 1 to 1000000"),
        ["Logging__LogLevel__…"] = ("Logging__LogLevel__Default", "Loud", "Logging:LogLevel:Default is 'Loud' and must be one of Trace, Debug, Information, Warning, Error, Critical, None"),
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = ("OTEL_EXPORTER_OTLP_ENDPOINT", "garbage", "OTEL_EXPORTER_OTLP_ENDPOINT is 'garbage' and must be an address such as http://127.0.0.1:4317"),
    };

    /// <summary>Further wrong values of keys that have several kinds of them.</summary>
    private static readonly (string Setting, string Wrong, string Allowed)[] More =
    [
        ("Logging__Console__LogLevel__Default", "7", "Logging:Console:LogLevel:Default is '7' and must be one of Trace"),
        ("Logging__LogLevel__Cycles.Gateway", "Verbose", "Logging:LogLevel:Cycles.Gateway is 'Verbose' and must be one of Trace"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "127.0.0.1:4317", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is '127.0.0.1:4317' and must be an address"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "smoke", "OTEL_EXPORTER_OTLP_PROTOCOL is 'smoke' and must be one of grpc, http/protobuf"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "soon", "OTEL_EXPORTER_OTLP_TIMEOUT is 'soon' and must be a whole number of milliseconds"),
        ("Cycles__Silo", "7", "Cycles:Silo must be one of Embedded, External"),
        ("--urls", "http://127.0.0.1:0/base", "--urls (ASPNETCORE_URLS) is 'http://127.0.0.1:0/base' and must be addresses"),
        ("--urls", "http://127.0.0.1:x", "--urls (ASPNETCORE_URLS)"),
        ("--urls", "https://127.0.0.1:0", "leaves TLS to a proxy"),
    ];

    [Fact]
    public void Every_key_of_the_table_has_a_wrong_value_here() => Assert.Equal(Wrong.Keys.Order(), KeysOfTheTable().Order());

    [Fact]
    public async Task A_wrong_value_of_any_key_ends_the_start_with_one_line_that_names_it_and_what_is_allowed()
    {
        var faults = new List<string>();
        await Parallel.ForEachAsync(
            Wrong.Values.Concat(More), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (wrong, _) =>
            {
                var data = Directory.CreateTempSubdirectory("cycles-table-");
                var (exitCode, output) = await ServerProcess.RunToEndAsync(("Cycles__DataPath", data.FullName), (wrong.Setting, wrong.Wrong));
                data.Delete(recursive: true);
                if (exitCode != 1 || !output.StartsWith("Cycles cannot start: ", StringComparison.Ordinal)
                    || !output.Contains(wrong.Allowed, StringComparison.Ordinal) || output.Contains('\n', StringComparison.Ordinal))
                {
                    lock (faults)
                    {
                        faults.Add($"{wrong.Setting}={wrong.Wrong} → {exitCode}: {output}\n  wanted: {wrong.Allowed}");
                    }
                }
            });

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public async Task A_mistyped_key_is_warned_of_and_those_of_the_table_are_known()
    {
        // A wrong value of the last one to be read ends the start after the warnings.
        var known = KeysOfTheTable().Where(key => key.StartsWith("Cycles__", StringComparison.Ordinal)).ToArray();
        var settings = known.Select(key => (key, "unread")).Append(("Cycles__AdminKy", "x")).Append(("Cycles__Store__MaxBatches", "1"));

        var (exitCode, output) = await ServerProcess.RunToEndAsync([.. settings]);

        Assert.Equal(1, exitCode);
        var warnings = output.Split('\n').Where(line => line.StartsWith("Warning: ", StringComparison.Ordinal)).Order();
        Assert.Equal(
            [
                "Warning: Cycles:AdminKy is no setting of Cycles and has no effect",
                "Warning: Cycles:Store:MaxBatches is no setting of Cycles and has no effect",
            ],
            warnings);
    }

    private static string[] KeysOfTheTable()
    {
        var table = File.ReadLines(FindReadme()).SkipWhile(line => line != "## Configuration").Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal));
        var cells = table.Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('|')[1]);
        return [.. cells.SelectMany(cell => Quoted().Matches(cell).Select(match => match.Groups[1].Value))];
    }

    private static string FindReadme()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Cycles.sln")))
            {
                return Path.Combine(folder.FullName, "README.md");
            }
        }

        throw new InvalidOperationException("the README is not above the tests");
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();
}
