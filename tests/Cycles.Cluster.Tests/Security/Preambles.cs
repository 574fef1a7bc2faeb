using System.Buffers.Binary;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Cycles.Cluster.Tests.Security;

/// <summary>What the two sides of a connection say first, written and read by Orleans itself.</summary>
internal static class Preambles
{
    private static readonly Type Kind = Assembly.Load("Orleans.Core").GetType("Orleans.Runtime.Messaging.ConnectionPreamble", throwOnError: true)!;

    private static readonly IServiceProvider Services =
        new ServiceCollection().AddSerializer(serializer => serializer.AddAssembly(Kind.Assembly)).BuildServiceProvider();

    /// <summary>An id as Orleans' clients choose them.</summary>
    public static string NewKey() => Guid.NewGuid().ToString("N");

    /// <summary>The preamble of a client under any id.</summary>
    public static byte[] Of(string key, string type = "sys.client", SiloAddress? silo = null)
    {
        var preamble = Activator.CreateInstance(Kind, nonPublic: true)!;
        Set("NetworkProtocolVersion", Enum.ToObject(Property("NetworkProtocolVersion").PropertyType, 1));
        Set("NodeIdentity", GrainId.Create(type, key));
        Set("SiloAddress", silo);
        Set("ClusterId", "cycles");
        return (byte[])Invoke(nameof(Serialize), preamble);

        void Set(string name, object? value) => Property(name).SetValue(preamble, value);
    }

    /// <summary>A preamble with its length before it, as it is sent.</summary>
    public static byte[] Framed(byte[] preamble)
    {
        var framed = new byte[sizeof(int) + preamble.Length];
        BinaryPrimitives.WriteInt32LittleEndian(framed, preamble.Length);
        preamble.CopyTo(framed, sizeof(int));
        return framed;
    }

    /// <summary>Reads the address that a silo names itself by in the preamble that it answers with.</summary>
    public static async Task<SiloAddress> ReadSiloAsync(Stream stream, CancellationToken cancellationToken)
    {
        var length = new byte[sizeof(int)];
        await stream.ReadExactlyAsync(length, cancellationToken);
        var preamble = new byte[BinaryPrimitives.ReadInt32LittleEndian(length)];
        await stream.ReadExactlyAsync(preamble, cancellationToken);
        return (SiloAddress)Property("SiloAddress").GetValue(Invoke(nameof(Deserialize), preamble))!;
    }

    private static PropertyInfo Property(string name) => Kind.GetProperty(name)!;

    private static object Invoke(string method, object argument) =>
        typeof(Preambles).GetMethod(method, BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(Kind).Invoke(null, [argument])!;

    private static byte[] Serialize<T>(T preamble) => Services.GetRequiredService<Serializer<T>>().SerializeToArray(preamble);

    private static T Deserialize<T>(byte[] preamble) => Services.GetRequiredService<Serializer<T>>().Deserialize(preamble)!;
}
