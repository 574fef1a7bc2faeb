namespace Cycles.Architecture.Tests;

/// <summary>
/// Which folder inside of an assembly may know which. A folder is a concept. When folders know each other in a circle none of them can be read, tested or changed alone, and what was once a
/// circle of two grows. A type that two folders need belongs into one that is below both.
/// </summary>
public sealed class FolderTests
{
    /// <summary>
    /// The grains' folders from the ground up: a folder knows only folders of earlier lines. What grains ask of each other (Peers) is below all grains, as they call each other in both directions.
    /// </summary>
    private static readonly string[][] Layers =
    [
        ["(root)", "Addressing", "Caching", "Columns", "Limits"],
        ["Runs"],
        ["Store"],
        ["Journal"],
        ["Records", "Waits", "Scheduling"],
        ["Cluster", "Paging", "Placement", "Budgets", "Boards"],
        ["Transactions"],
        ["Peers"],
    ];

    [Fact]
    public void No_folders_of_the_contracts_are_in_a_circle() => Assert.Empty(FolderGraph.Of("Cycles.Contracts").FindCycles());

    [Fact]
    public void No_folders_of_the_grains_are_in_a_circle() => Assert.Empty(FolderGraph.Of("Cycles.Grains").FindCycles());

    [Fact]
    public void What_grains_share_knows_no_folder_of_grains()
    {
        var graph = FolderGraph.Of("Cycles.Grains");
        var below = new HashSet<string>();
        foreach (var layer in Layers)
        {
            Assert.All(layer, folder => Assert.Subset(below, new HashSet<string>(graph.KnownTo(folder).Where(known => known != folder))));
            below.UnionWith(layer);
        }
    }
}
