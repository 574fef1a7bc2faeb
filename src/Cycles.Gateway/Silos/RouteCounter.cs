using System.Runtime.CompilerServices;

namespace Cycles.Gateway.Silos;

/// <summary>
/// Keeps a counter of Orleans' from overflowing. Orleans numbers the calls that may go by any route (<c>[AnyRoute]</c>), in an int, and takes the number modulo the
/// number of silos as an index. After 2^31 calls, two days at 10,000 a second, the index is negative and calls fail. The field is private, so a test holds that it is there.
/// </summary>
internal static class RouteCounter
{
    private const string Type = "Orleans.Messaging.ClientMessageCenter, Orleans.Core";
    private const int SetBackFrom = 1 << 30;

    /// <summary>What counts the calls of a client that has started.</summary>
    public static object Find(IServiceProvider services) => services.GetRequiredService(System.Type.GetType(Type, throwOnError: true)!);

    /// <summary>Sets the counter back when it has come half the way. To be called every few seconds.</summary>
    public static void SetBack(object counter)
    {
        ref var number = ref NumberOf(counter);
        if (Volatile.Read(ref number) is < 0 or >= SetBackFrom)
        {
            Volatile.Write(ref number, 0);
        }
    }

    /// <summary>The number of the last call.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "numMessages")]
    public static extern ref int NumberOf([UnsafeAccessorType(Type)] object counter);
}
