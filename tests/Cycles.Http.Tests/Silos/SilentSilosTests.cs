using Cycles.Gateway.Silos;

namespace Cycles.Http.Tests.Silos;

public sealed class SilentSilosTests
{
    private static readonly Uri First = new("gwy.tcp://10.0.0.1:30000/1");
    private static readonly Uri Second = new("gwy.tcp://10.0.0.2:30000/1");

    private readonly SilentSilos _silos = new(TimeProvider.System);

    [Fact]
    public void A_silent_silo_is_passed_over()
    {
        _silos.PassOver([First]);
        Assert.Equal([Second], _silos.Choose([First, Second]));
        Assert.Equal([First, Second], _silos.All);
    }

    [Fact]
    public void When_all_are_silent_none_is_passed_over()
    {
        _silos.PassOver([First, Second]);
        Assert.Equal([First, Second], _silos.Choose([First, Second]));
    }

    [Fact]
    public void A_silo_that_comes_back_under_its_address_is_another()
    {
        var restarted = new Uri("gwy.tcp://10.0.0.1:30000/2");
        _silos.PassOver([First]);
        Assert.Equal([restarted, Second], _silos.Choose([restarted, Second]));
    }

    [Fact]
    public void Calls_are_given_up_when_a_silent_silo_has_been_declared_dead_and_not_before()
    {
        var alarm = _silos.NextAlarm;
        _silos.PassOver([First]);
        _silos.Choose([First, Second]);
        Assert.False(alarm.Token.IsCancellationRequested);
        _silos.Choose([Second]);
        Assert.True(alarm.Token.IsCancellationRequested);
        Assert.False(_silos.NextAlarm.Token.IsCancellationRequested);
    }

    [Fact]
    public void A_silo_that_answered_and_left_gives_up_no_call()
    {
        _silos.Choose([First, Second]);
        var alarm = _silos.NextAlarm;
        _silos.Choose([Second]);
        Assert.False(alarm.Token.IsCancellationRequested);
    }
}
