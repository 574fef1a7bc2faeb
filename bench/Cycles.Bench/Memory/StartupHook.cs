using System.Net.Sockets;
using System.Text;

/// <summary>
/// Loaded into the server by the runtime (DOTNET_STARTUP_HOOKS) for <c>--memory</c> only: a connection to the socket makes the server
/// collect all garbage and is told what is left. The name and the missing namespace are the runtime's convention.
/// </summary>
internal static class StartupHook
{
    public const string SocketVariable = "CYCLES_BENCH_PROBE";

    private const int PinnedHeap = 4;

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(SocketVariable) is { Length: > 0 } path)
        {
            new Thread(() => Serve(path)) { IsBackground = true, Name = "bench memory probe" }.Start();
        }
    }

    private static void Serve(string path)
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        while (true)
        {
            using var connection = listener.Accept();
            connection.Send(Encoding.ASCII.GetBytes(Collect()));
        }
    }

    /// <summary>The second collection takes what finalizers of the first let go.</summary>
    /// <returns>The bytes of all live objects, and of those on the pinned heap.</returns>
    private static string Collect()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        var pinned = GC.GetGCMemoryInfo(GCKind.FullBlocking).GenerationInfo[PinnedHeap];
        return $"{GC.GetTotalMemory(forceFullCollection: false)} {pinned.SizeAfterBytes - pinned.FragmentationAfterBytes}";
    }
}
