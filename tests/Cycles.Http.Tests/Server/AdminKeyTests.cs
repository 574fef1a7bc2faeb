using System.Net;

namespace Cycles.Http.Tests.Server;

/// <summary>Where the admin key comes from, and that no blank makes a key that never works.</summary>
public sealed class AdminKeyTests(ServerFixture server) : IDisposable
{
    private const string Key = "the key of a secret file";

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("cycles-admin-key-");

    [Fact]
    public async Task The_newline_of_a_secret_file_does_not_belong_to_the_key() =>
        await IsTakenAsync(("Cycles__AdminKey", string.Empty), ("Cycles__AdminKeyFile", Write($"{Key}\r\n")));

    [Fact]
    public async Task Blanks_around_a_configured_key_do_not_belong_to_it() => await IsTakenAsync(("Cycles__AdminKey", $"  {Key}\n"));

    [Theory]
    [InlineData("short\n", "must have at least 16 characters")]
    [InlineData("                                \n", "must have at least 16 characters")]
    [InlineData("a key that has\ntwo lines of text", "must be one line without control characters")]
    public async Task A_file_without_a_key_that_can_work_ends_the_start(string content, string reason)
    {
        var path = Write(content);

        await IsRefusedAsync(reason, ("Cycles__AdminKeyFile", path));
    }

    [Fact]
    public async Task A_file_that_does_not_exist_ends_the_start() =>
        await IsRefusedAsync("Cycles:AdminKeyFile", ("Cycles__AdminKeyFile", Path.Combine(_data.FullName, "none")));

    [Fact]
    public async Task A_folder_in_place_of_the_file_ends_the_start() => await IsRefusedAsync("Cycles:AdminKeyFile", ("Cycles__AdminKeyFile", _data.FullName));

    [Fact]
    public async Task A_key_that_is_given_twice_ends_the_start() =>
        await IsRefusedAsync("are both set", ("Cycles__AdminKeyFile", Write(Key)), ("Cycles__AdminKey", Key));

    [Theory]
    [InlineData("two\nlines of a configured key", "must be one line without control characters")]
    [InlineData("               \t               ", "must have at least 16 characters")]
    public async Task A_configured_key_that_no_header_can_carry_ends_the_start(string key, string reason) =>
        await IsRefusedAsync(reason, ("Cycles__AdminKey", key));

    [Fact]
    public async Task Blanks_around_an_API_key_do_not_confuse_it_and_a_blank_admin_key_counts_as_absent()
    {
        var tenant = await TestTenant.CreateAsync(server.Api, 100);
        var path = $"/v1/balances?tenant={tenant.Id}";

        (await server.Api.GetAsync(path, string.Empty, ("X-Cycles-API-Key", $"  {tenant.Key}\t "))).Expect(HttpStatusCode.OK);
        (await server.Api.GetAsync(path, tenant.Key, ("X-Admin-API-Key", "  "))).Expect(HttpStatusCode.OK);
        (await server.Api.GetAsync($"/v1/admin/tenants/{tenant.Id}", string.Empty, ("X-Admin-API-Key", $" {ServerProcess.AdminKey} "))).Expect(HttpStatusCode.OK);
        Assert.True((bool)(await server.Api.PostAsync("/v1/auth/validate", ServerProcess.AdminKey, $$"""{"key_secret":" {{tenant.Key}}\n"}"""))
            .Expect(HttpStatusCode.OK)["valid"]!);
    }

    public void Dispose() => _data.Delete(recursive: true);

    private string Write(string content)
    {
        var path = Path.Combine(_data.FullName, "key");
        File.WriteAllText(path, content);
        return path;
    }

    private async Task IsTakenAsync(params (string Name, string Value)[] settings)
    {
        using var process = await ServerProcess.StartAsync(Path.Combine(_data.FullName, "data"), settings);
        using var api = new Api(process.Address);

        (await api.GetAsync("/v1/admin/tenants", string.Empty, ("X-Admin-API-Key", Key))).Expect(HttpStatusCode.OK);
    }

    private async Task IsRefusedAsync(string reason, params (string Name, string Value)[] settings)
    {
        var (exitCode, output) = await ServerProcess.RunToEndAsync([("Cycles__DataPath", Path.Combine(_data.FullName, "data")), .. settings]);

        Assert.Equal(1, exitCode);
        Assert.StartsWith("Cycles cannot start: ", output);
        Assert.Contains(reason, output);
        Assert.Single(output.Split('\n'));
        Assert.DoesNotContain(Key, output);
    }
}
