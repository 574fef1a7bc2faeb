using Cycles.Grains.Ledger;

namespace Cycles.Grains.Tests.Ledger;

public sealed class RecordEpochsTests
{
    private const long Kept = RecordEpochs.KeptUnusedMs;

    private readonly RecordEpochs _epochs = new();

    [Fact]
    public void The_last_to_open_a_record_has_it()
    {
        _epochs.Open("a", 1, 0);
        _epochs.Open("a", 2, 0);
        Assert.False(_epochs.IsCurrent("a", 1));
        Assert.True(_epochs.IsCurrent("a", 2));
        Assert.False(_epochs.IsCurrent("b", 2));
    }

    [Fact]
    public void Only_its_own_epoch_closes_a_record()
    {
        _epochs.Open("a", 1, 0);
        _epochs.Open("a", 2, 0);
        _epochs.Close("a", 1);
        Assert.True(_epochs.IsCurrent("a", 2));
        _epochs.Close("a", 2);
        Assert.False(_epochs.IsCurrent("a", 2));
        Assert.Equal(0, _epochs.Count);
    }

    [Fact]
    public void What_nobody_closes_and_nobody_uses_is_forgotten()
    {
        for (var i = 0; i < 1000; i++)
        {
            _epochs.Open($"left-{i}", i + 1, Kept - 1);
        }

        // The first to come after its time has passed for the first time: all are there still.
        _epochs.Open("b", 1, Kept);
        Assert.Equal(1001, _epochs.Count);
        _epochs.Open("c", 1, 2 * Kept);
        Assert.Equal(2, _epochs.Count);
        Assert.False(_epochs.IsCurrent("left-1", 2));
    }

    [Fact]
    public void What_is_used_stays_however_long()
    {
        _epochs.Open("used", 1, 0);
        for (var time = 1; time <= 10; time++)
        {
            _epochs.Open($"other-{time}", 1, time * Kept);
            Assert.True(_epochs.IsCurrent("used", 1));
        }

        Assert.InRange(_epochs.Count, 2, 3);
    }

    [Fact]
    public void An_epoch_that_is_opened_again_before_it_is_forgotten_is_kept()
    {
        _epochs.Open("a", 1, 0);
        _epochs.Open("b", 1, Kept);
        _epochs.Open("a", 2, Kept);
        _epochs.Open("c", 1, 2 * Kept);
        Assert.True(_epochs.IsCurrent("a", 2));
        Assert.False(_epochs.IsCurrent("a", 1));
    }

    [Fact]
    public void After_a_long_rest_nothing_is_left()
    {
        _epochs.Open("a", 1, 0);
        _epochs.Open("b", 1, 3 * Kept);
        Assert.Equal(1, _epochs.Count);
    }
}
