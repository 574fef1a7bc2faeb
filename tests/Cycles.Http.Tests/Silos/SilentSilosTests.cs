using Cycles.Gateway.Silos;

namespace Cycles.Http.Tests.Silos;

public sealed class SilentSilosTests
{
    private static readonly Uri First = new("gwy.tcp://10.0.0.1:30000/1");
    private static readonly Uri Second = new("gwy.tcp://10.0.0.2:30000/1");

    private readonly SilentSilos _silos = new();

    public SilentSilosTests() => _silos.Choose([First, Second]);

    [Fact]
    public void Of_a_hundred_requests_one_goes_by_way_of_a_silent_silo_so_that_its_connection_stays()
    {
        Assert.Equal([First], _silos.Set([First]));
        var chosen = _silos.Choose([First, Second]);
        Assert.Equal(1, chosen.Count(silo => silo == First));
        Assert.Equal(100, chosen.Count(silo => silo == Second));
        Assert.Equal([First, Second], _silos.All);
    }

    [Fact]
    public void A_silo_that_answers_again_takes_its_share_at_once()
    {
        _silos.Set([First]);
        Assert.Empty(_silos.Set([]));
        Assert.Equal([First, Second], _silos.Choose([First, Second]));
    }

    [Fact]
    public void When_all_are_silent_all_are_chosen()
    {
        _silos.Set([First, Second]);
        Assert.Equal([First, Second], _silos.Choose([First, Second]));
    }

    [Fact]
    public void A_silo_that_stays_silent_is_told_of_once()
    {
        Assert.Equal([First], _silos.Set([First]));
        Assert.Empty(_silos.Set([First]));
        Assert.Equal([Second], _silos.Set([First, Second]));
    }

    [Fact]
    public void A_silo_that_comes_back_under_its_address_is_another()
    {
        var restarted = new Uri("gwy.tcp://10.0.0.1:30000/2");
        _silos.Set([First]);
        Assert.Equal([restarted, Second], _silos.Choose([restarted, Second]));
    }

    [Fact]
    public void Calls_are_given_up_when_a_silent_silo_has_been_declared_dead_and_not_before()
    {
        var alarm = _silos.NextAlarm;
        _silos.Set([First]);
        _silos.Choose([First, Second]);
        Assert.False(alarm.Token.IsCancellationRequested);
        _silos.Choose([Second]);
        Assert.True(alarm.Token.IsCancellationRequested);
        Assert.False(_silos.NextAlarm.Token.IsCancellationRequested);
    }

    [Fact]
    public void A_silo_that_answered_and_left_gives_up_no_call()
    {
        var alarm = _silos.NextAlarm;
        _silos.Choose([Second]);
        Assert.False(alarm.Token.IsCancellationRequested);
    }
}
