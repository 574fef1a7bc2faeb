namespace Cycles.Silo.Configuration;

/// <summary>Where the embedded store's data is when nothing says otherwise.</summary>
public static class DataFolder
{
    /// <summary>What earlier builds made in the directory in which they were started.</summary>
    private const string Former = "cycles-data";

    /// <summary>
    /// <c>cycles</c> in the user's folder for application data: <c>$XDG_DATA_HOME</c> or <c>~/.local/share</c> on Linux,
    /// <c>~/Library/Application Support</c> on macOS, <c>%LOCALAPPDATA%</c> on Windows. It does not depend on the working directory. Empty when the user has
    /// no home: then it must be configured.
    /// </summary>
    public static string Default =>
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify) is { Length: > 0 } data
            ? Path.Combine(data, "cycles")
            : string.Empty;

    /// <summary>Words for an operator who upgrades and whose data is where it was before; null when there is none.</summary>
    /// <param name="dataPath">The folder that is used.</param>
    public static string? FindFormer(string dataPath)
    {
        var former = Path.GetFullPath(Former);
        return dataPath == Default && File.Exists(Path.Combine(former, "lock")) && !Directory.Exists(dataPath)
            ? $"{former} has the data of an earlier version, which is not used; to go on with it, set {CyclesOptions.Section}:{nameof(CyclesOptions.DataPath)} to it"
            : null;
    }
}
