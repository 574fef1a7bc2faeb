using Cycles.Grains.Store;

namespace Cycles.Grains.Tests.Store;

public sealed class PrimaryIdentityTests
{
    private const string Zeros = "0000000000000000000000000000000000000000";

    [Fact]
    public void A_server_is_known_by_its_process_and_by_the_history_that_it_goes_on_with()
    {
        var identity = PrimaryIdentity.Parse(
            "# Server\r\nredis_version:7.0.15\r\nrun_id:11d3d42\r\ntcp_port:7001\r\n",
            $"# Replication\r\nrole:master\r\nmaster_failover_state:no-failover\r\nmaster_replid:b222dfc\r\nmaster_replid2:{Zeros}\r\n");

        Assert.Equal(new PrimaryIdentity("11d3d42", "b222dfc", IsReplica: false), identity);
        Assert.True(identity.IsKnown);
    }

    [Fact]
    public void A_server_that_follows_another_is_no_primary() =>
        Assert.True(PrimaryIdentity.Parse("run_id:1\n", "role:slave\nmaster_replid:2\n").IsReplica);

    [Theory]
    [InlineData("", "", false)]
    [InlineData("run_id:\r\n", "role:master\r\n", false)]
    [InlineData("run_id:\r\n", $"master_replid:{Zeros}\r\n", false)]
    [InlineData("run_id:c65fbbf\r\n", $"master_replid:{Zeros}\r\n", true)]
    [InlineData("", "master_replid:c65fbbf\r\n", true)]
    public void A_server_that_tells_nothing_of_its_own_is_not_known(string server, string replication, bool isKnown) =>
        Assert.Equal(isKnown, PrimaryIdentity.Parse(server, replication).IsKnown);
}
