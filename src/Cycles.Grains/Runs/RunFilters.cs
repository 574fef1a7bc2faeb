using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Cycles.Grains.Runs;

/// <summary>
/// The filters of all runs of a tenant. Those of one size lie side by side, block by block: what they say of a key stands in one stretch of memory, and not in as
/// many places as there are runs, each of which would have to come from main memory. It never changes; there is a new one when the runs change.
/// </summary>
internal sealed class RunFilters
{
    /// <summary>Of no runs.</summary>
    public static readonly RunFilters None = new([]);

    // When a run comes, what lies beside it is copied.
    private const int MostLanes = 64;

    private readonly Group[] _groups;

    private RunFilters(Group[] groups) => _groups = groups;

    /// <summary>The runs.</summary>
    public IEnumerable<string> Runs => _groups.SelectMany(group => group.Runs);

    /// <summary>Whether any of the runs may have a key.</summary>
    public bool MayContain(in IdFilter.Probe probe)
    {
        foreach (var group in _groups)
        {
            if (group.Find(probe, 0) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The runs that may have a key.</summary>
    public List<string> Find(in IdFilter.Probe probe)
    {
        var found = new List<string>();
        foreach (var group in _groups)
        {
            for (var lane = group.Find(probe, 0); lane >= 0; lane = group.Find(probe, lane + 1))
            {
                found.Add(group.Runs[lane]);
            }
        }

        return found;
    }

    /// <summary>These filters without those of runs that are not wanted any more, and with others.</summary>
    /// <param name="wanted">The runs that stay.</param>
    /// <param name="added">The runs that come, and their filters.</param>
    public RunFilters With(IReadOnlySet<string> wanted, IReadOnlyCollection<(string Run, IdFilter Filter)> added)
    {
        var groups = new List<Group>();
        foreach (var group in _groups)
        {
            var lanes = Enumerable.Range(0, group.Runs.Length).Where(lane => wanted.Contains(group.Runs[lane])).ToArray();
            if (lanes.Length == group.Runs.Length)
            {
                groups.Add(group);
            }
            else if (lanes.Length > 0)
            {
                groups.Add(Group.Of(group.Blocks, group, lanes, []));
            }
        }

        foreach (var some in added.GroupBy(run => run.Filter.Blocks))
        {
            var others = some.ToArray();
            if (groups.FindIndex(group => group.Blocks == some.Key && group.Runs.Length < MostLanes) is var open and >= 0)
            {
                var known = groups[open];
                var first = others[..Math.Min(MostLanes - known.Runs.Length, others.Length)];
                groups[open] = Group.Of(some.Key, known, [.. Enumerable.Range(0, known.Runs.Length)], first);
                others = others[first.Length..];
            }

            groups.AddRange(others.Chunk(MostLanes).Select(lanes => Group.Of(some.Key, null, [], lanes)));
        }

        return new RunFilters([.. groups]);
    }

    /// <summary>Filters of as many blocks.</summary>
    private sealed class Group
    {
        private readonly uint[] _words;

        private Group(uint blocks, string[] runs)
        {
            (Blocks, Runs) = (blocks, runs);
            _words = new uint[blocks * (uint)runs.Length * IdFilter.BlockWords];
        }

        public uint Blocks { get; }

        public string[] Runs { get; }

        public static Group Of(uint blocks, Group? known, int[] lanes, (string Run, IdFilter Filter)[] others)
        {
            var group = new Group(blocks, [.. lanes.Select(lane => known!.Runs[lane]), .. others.Select(run => run.Run)]);
            for (var block = 0; block < blocks; block++)
            {
                for (var lane = 0; lane < group.Runs.Length; lane++)
                {
                    var from = lane < lanes.Length ? known!.BlockOf(block, lanes[lane]) : others[lane - lanes.Length].Filter.BlockAt(block);
                    from.CopyTo(group.BlockOf(block, lane));
                }
            }

            return group;
        }

        /// <summary>The first run, from <paramref name="lane"/> on, that may have a key; -1 when none may.</summary>
        public int Find(in IdFilter.Probe probe, int lane)
        {
            ref var first = ref MemoryMarshal.GetArrayDataReference(_words);
            var at = (nuint)(((probe.BlockOf(Blocks) * Runs.Length) + lane) * IdFilter.BlockWords);
            for (; lane < Runs.Length; lane++, at += IdFilter.BlockWords)
            {
                if (Vector256.AndNot(probe.Bits, Vector256.LoadUnsafe(ref first, at)) == Vector256<uint>.Zero)
                {
                    return lane;
                }
            }

            return -1;
        }

        private Span<uint> BlockOf(int block, int lane) => _words.AsSpan(((block * Runs.Length) + lane) * IdFilter.BlockWords, IdFilter.BlockWords);
    }
}
