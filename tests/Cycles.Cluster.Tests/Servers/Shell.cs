using System.ComponentModel;
using System.Diagnostics;

namespace Cycles.Cluster.Tests.Servers;

/// <summary>Runs what only the operating system can do: mounts and the like.</summary>
internal static class Shell
{
    /// <summary>Runs a program to its end.</summary>
    /// <returns>Whether it succeeded.</returns>
    public static bool TryRun(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            var output = process.StandardOutput.ReadToEndAsync();
            process.StandardError.ReadToEnd();
            output.Wait();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    /// <summary>Skips the test where the operating system does not let it do something, but never in CI.</summary>
    public static void SkipUnless(bool isPossible, string what)
    {
        var isCi = Environment.GetEnvironmentVariable("CI") == "true";
        Assert.True(isPossible || !isCi, $"{what} must be possible in CI");
        Assert.SkipUnless(isPossible, $"{what} is not possible here");
    }
}
