using System.Globalization;
using Cycles.Silo.Memory;

namespace Cycles.Silo.Store;

/// <summary>
/// The sizes of the embedded store's pages, and what it may hold in memory. A page's size is part of the files' format, so it is written down in
/// the folder when that is made, and kept; how many pages are in memory may differ from start to start.
/// </summary>
/// <param name="PageMegabytes">A page of data.</param>
/// <param name="ChangesPageMegabytes">A page of the file of changes; at least twice a page of data.</param>
internal readonly record struct StoreLayout(int PageMegabytes, int ChangesPageMegabytes)
{
    private const string FileName = "layout";

    // Small pages, as the fewest that the store works with are to fit into the smallest container.
    private static readonly StoreLayout Present = new(4, 8);

    // What Garnet took by itself before a folder said it.
    private static readonly StoreLayout Former = new(16, 32);

    // A page is written while the next ones fill. More would hold what the barrier has flushed long ago.
    private const int ChangesPages = 4;

    /// <summary>The layout of a folder; a new folder is given the present one.</summary>
    /// <exception cref="StartUpException">The folder's file cannot be read.</exception>
    public static StoreLayout Of(string folder)
    {
        var file = Path.Combine(folder, FileName);
        if (File.Exists(file))
        {
            return Parse(File.ReadAllText(file))
                ?? throw new StartUpException($"'{file}' must say two sizes such as '4 8': the store's pages cannot be read without");
        }

        if (Directory.Exists(Path.Combine(folder, "log")) || Directory.Exists(Path.Combine(folder, "checkpoints")))
        {
            return Former;
        }

        File.WriteAllText(file, string.Create(CultureInfo.InvariantCulture, $"{Present.PageMegabytes} {Present.ChangesPageMegabytes}"));
        return Present;
    }

    /// <summary>What to tell the server.</summary>
    public string[] ToArguments(EmbeddedStoreOptions options) =>
    [
        "--page", $"{PageMegabytes}m",
        "--memory", options.Memory ?? ToSize(Math.Max(MemoryPlan.Store, 4L * PageMegabytes * 1024 * 1024)),
        "--index", options.Index ?? ToSize(MemoryPlan.StoreIndex),
        "--aof-page-size", $"{ChangesPageMegabytes}m",
        "--aof-memory", $"{ChangesPages * ChangesPageMegabytes}m",
        "--buffer-pool-memory-budget", "16m", // Left to itself it keeps up to 1 GB of buffers for reads and writes.
    ];

    private static string ToSize(long bytes) => $"{bytes / 1024}k";

    private static StoreLayout? Parse(string text) =>
        text.Split(' ', StringSplitOptions.TrimEntries) is [var page, var changes]
        && int.TryParse(page, NumberStyles.None, CultureInfo.InvariantCulture, out var pageMegabytes)
        && int.TryParse(changes, NumberStyles.None, CultureInfo.InvariantCulture, out var changesMegabytes)
        && pageMegabytes is >= 1 and <= 64
        && changesMegabytes >= 2 * pageMegabytes
            ? new StoreLayout(pageMegabytes, changesMegabytes)
            : null;
}
