namespace Cycles.Bench.Processes;

/// <summary>A program that the bench needs and does not bring.</summary>
internal static class Tool
{
    public static void Require(string program, string debianPackage)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        if (!folders.Any(folder => File.Exists(Path.Combine(folder, program))))
        {
            throw new BenchException($"{program} is missing. On Debian and Ubuntu: apt-get install {debianPackage}");
        }
    }
}
