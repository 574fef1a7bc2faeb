using Cycles.Contracts.Calls;
using Cycles.Contracts.Store;
using Cycles.Grains.Waits;

namespace Cycles.Grains.Tests.Waits;

/// <summary>Attempts at one call that arrive in another order than they were sent.</summary>
public sealed class LaterAttemptsTests
{
    private readonly LaterAttempts _attempts = new();

    [Fact]
    public void An_attempt_passes_again_and_again_until_a_later_one_has_passed()
    {
        var call = Guid.NewGuid();
        _attempts.Pass(new CallAttempt(call, 1));
        _attempts.Pass(new CallAttempt(call, 1));
        _attempts.Pass(new CallAttempt(call, 3));

        Assert.Throws<StoreUnavailableException>(() => _attempts.Pass(new CallAttempt(call, 1)));
        Assert.Throws<StoreUnavailableException>(() => _attempts.Pass(new CallAttempt(call, 2)));
        _attempts.Pass(new CallAttempt(call, 3));
        _attempts.Pass(new CallAttempt(call, 4));
    }

    [Fact]
    public void Calls_do_not_know_of_each_other_and_a_call_without_an_id_always_passes()
    {
        _attempts.Pass(new CallAttempt(Guid.NewGuid(), 2));

        _attempts.Pass(new CallAttempt(Guid.NewGuid(), 1));
        _attempts.Pass(default);
    }

    [Fact]
    public void Ten_thousand_repetitions_are_kept_at_least_and_twenty_thousand_at_most()
    {
        var call = Guid.NewGuid();
        _attempts.Pass(new CallAttempt(call, 2));
        Repeat(10_000);
        Assert.Throws<StoreUnavailableException>(() => _attempts.Pass(new CallAttempt(call, 1)));

        Repeat(20_000);
        _attempts.Pass(new CallAttempt(call, 1));
    }

    private void Repeat(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _attempts.Pass(new CallAttempt(Guid.NewGuid(), 2));
        }
    }
}
