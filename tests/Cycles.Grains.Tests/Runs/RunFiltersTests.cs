using CsCheck;
using Cycles.Grains.Runs;

namespace Cycles.Grains.Tests.Runs;

/// <summary>The filters of many runs against a set of keys for each run.</summary>
public sealed class RunFiltersTests
{
    private static readonly Gen<(int Keys, int Size)> Run = Gen.Select(Gen.Int[1, 60], Gen.OneOfConst(64, 128)).Select((keys, size) => (keys, size));

    [Fact]
    public void Each_run_that_has_a_key_is_found_whatever_comes_and_goes() => Gen.Select(Gen.Int, Run.Array[0, 12], Gen.Int[0, 3]).Sample((seed, runs, kept) =>
    {
        var random = new Random(seed);
        var model = new Dictionary<string, HashSet<ulong>>();
        var filters = RunFilters.None;
        foreach (var (keys, size) in runs)
        {
            var filter = new IdFilter(size);
            HashSet<ulong> added = [.. Enumerable.Range(0, keys).Select(_ => (ulong)random.NextInt64() << 1)];
            foreach (var key in added)
            {
                filter.Add(key);
            }

            var gone = model.Keys.Where(_ => random.Next(4) < kept).ToArray();
            Array.ForEach(gone, run => model.Remove(run));
            var name = $"run-{model.Count}-{random.Next()}";
            filters = filters.With(model.Keys.ToHashSet(), [(name, filter)]);
            model.Add(name, added);
        }

        Assert.Equal(model.Keys.Order(), filters.Runs.Order());
        foreach (var (name, keys) in model)
        {
            Assert.All(keys, key => Assert.Contains(name, filters.Find(new IdFilter.Probe(key))));
            Assert.All(keys, key => Assert.True(filters.MayContain(new IdFilter.Probe(key))));
        }
    });

    [Fact]
    public void Few_keys_that_were_not_added_are_taken_for_ones_that_may_have_been()
    {
        var random = new Random(1);
        var filter = new IdFilter(65_536);
        for (var i = 0; i < 65_536; i++)
        {
            filter.Add((ulong)random.NextInt64() << 1);
        }

        var wrong = Enumerable.Range(0, 1_000_000).Count(_ => filter.MayContain(((ulong)random.NextInt64() << 1) + 1));

        Assert.InRange(wrong, 0, 500);
    }
}
