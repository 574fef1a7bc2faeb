using System.Globalization;
using Cycles.Cluster.Tests.Servers;
using Cycles.Silo.Store;
using StackExchange.Redis;

namespace Cycles.Cluster.Tests;

/// <summary>What a crash or a full disk leaves at the end of the embedded store's file of changes. CYCLES_TEST_SEED repeats the choices of a run.</summary>
public sealed class TornTailTests(ITestOutputHelper output)
{
    private const int Transactions = 120;
    private const int MostBytes = 3_000;
    private static readonly RedisKey[] Keys = ["a", "b", "c"];

    [Fact]
    public async Task A_store_whose_last_writes_are_torn_starts_with_whole_transactions_and_all_that_the_disk_had_whole()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("CYCLES_TEST_SEED"), out var given) ? given : Random.Shared.Next();
        output.WriteLine($"CYCLES_TEST_SEED={seed}");
        var random = new Random(seed);
        using var original = new TemporaryFolder();
        await WriteAsync(original.Path, random);
        var length = new FileInfo(FileOfChanges(original.Path)).Length;
        var count = Scenario.CountFrom("CYCLES_TEST_TORN_TAILS", 12);
        var found = new List<(long Kept, int Last)>();
        for (var i = 0; i < count; i++)
        {
            using var copy = new TemporaryFolder();
            Copy(original.Path, copy.Path);
            var kept = i == 0 ? length : random.NextInt64(length / 4, length);
            Tear(FileOfChanges(copy.Path), kept, (Tail)(i % 3), random);
            found.Add((kept, await ReadAsync(copy.Path)));
            output.WriteLine($"{kept} of {length} bytes, then {(Tail)(i % 3)}: {found[^1].Last}");
        }

        Assert.Equal(Transactions, found[0].Last);
        var byLength = found.OrderBy(one => one.Kept).ToArray();
        Assert.Equal(byLength.Select(one => one.Last).Order(), byLength.Select(one => one.Last));
    }

    /// <summary>Transactions of three keys that must always be of one mind, each made durable.</summary>
    private static async Task WriteAsync(string folder, Random random)
    {
        using var store = EmbeddedStore.Start(folder, new EmbeddedStoreOptions());
        await using var connection = await ConnectionMultiplexer.ConnectAsync(store.ConnectionString);
        var database = connection.GetDatabase();
        for (var number = 1; number <= Transactions; number++)
        {
            var transaction = database.CreateTransaction();
            foreach (var key in Keys)
            {
                _ = transaction.StringSetAsync(key, $"{number}:{new string('x', random.Next(MostBytes))}");
            }

            Assert.True(await transaction.ExecuteAsync());
            await database.ExecuteAsync("COMMITAOF");
        }
    }

    private static async Task<int> ReadAsync(string folder)
    {
        using var store = EmbeddedStore.Start(folder, new EmbeddedStoreOptions());
        await using var connection = await ConnectionMultiplexer.ConnectAsync(store.ConnectionString);
        var values = await connection.GetDatabase().StringGetAsync(Keys);
        var numbers = Array.ConvertAll(values, value => value.IsNull ? 0 : int.Parse(((string)value!).Split(':')[0], CultureInfo.InvariantCulture));
        Assert.True(numbers.All(number => number == numbers[0]), $"half a transaction: {string.Join(", ", numbers)}");

        // It takes changes, and has them after another start.
        var database = connection.GetDatabase();
        await database.StringSetAsync("after", "yes");
        await database.ExecuteAsync("COMMITAOF");
        return numbers[0];
    }

    private static void Tear(string file, long kept, Tail tail, Random random)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
        var length = stream.Length;
        stream.SetLength(kept);
        if (tail == Tail.Zeros)
        {
            stream.SetLength(length);
        }
        else if (tail == Tail.Garbage)
        {
            var garbage = new byte[random.Next(1, 20_000)];
            random.NextBytes(garbage);
            stream.Seek(0, SeekOrigin.End);
            stream.Write(garbage);
        }
    }

    private static string FileOfChanges(string folder) =>
        Directory.GetFiles(folder, "aof*", SearchOption.AllDirectories).OrderByDescending(file => new FileInfo(file).Length).First();

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }

    private enum Tail
    {
        Nothing,
        Zeros,
        Garbage,
    }
}
