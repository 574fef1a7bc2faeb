using Cycles.Cluster.Tests.Servers;
using Cycles.Silo.Store;
using StackExchange.Redis;

namespace Cycles.Cluster.Tests;

/// <summary>A checkpoint of the embedded store, behind which the file of changes begins anew, finds no room on the disk.</summary>
public sealed class CheckpointTests(ITestOutputHelper output)
{
    private const int Values = 6_000;
    private const int ValuesInCommit = 100;
    private const int ValueBytes = 1_000;

    [Theory]
    [InlineData(0)]
    [InlineData(64 << 10)]
    [InlineData(2 << 20)]
    public async Task What_was_made_durable_is_there_when_a_checkpoint_had_no_room(long left)
    {
        using var disk = SmallDisk.Mount(megabytes: 40);
        var options = new EmbeddedStoreOptions { MinimumFreeMegabytes = 1 };
        using (var store = EmbeddedStore.Start(disk.DataPath, options))
        {
            await using var connection = await ConnectionMultiplexer.ConnectAsync($"{store.ConnectionString},allowAdmin=true,asyncTimeout=30000");
            var database = connection.GetDatabase();
            for (var number = 0; number < Values; number += ValuesInCommit)
            {
                await Task.WhenAll(Enumerable.Range(number, ValuesInCommit)
                    .Select(one => database.StringSetAsync($"key-{one}", $"{one}:{new string('x', ValueBytes)}")));
                await database.ExecuteAsync("COMMITAOF");
            }

            disk.Fill(left);
            var exception = await Record.ExceptionAsync(() => database.ExecuteAsync("SAVE"));
            output.WriteLine($"the checkpoint: {exception?.Message ?? "says that it was taken"}");
        }

        disk.MakeRoom();
        using var again = EmbeddedStore.Start(disk.DataPath, options);
        await using var reading = await ConnectionMultiplexer.ConnectAsync(again.ConnectionString);
        var keys = Enumerable.Range(0, Values).Select(number => (RedisKey)$"key-{number}").ToArray();
        var values = await reading.GetDatabase().StringGetAsync(keys);
        Assert.Equal(
            Enumerable.Range(0, Values).Select(number => $"{number}"),
            values.Select(value => value.IsNull ? "gone" : ((string)value!).Split(':')[0]));
    }
}
