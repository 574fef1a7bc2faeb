namespace Cycles.Http.Tests.Server;

/// <summary>Where the data is when nothing says otherwise.</summary>
public sealed class DataFolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cycles-folder-");

    [Fact]
    public async Task Without_a_setting_it_is_in_the_users_folder_whatever_the_working_directory()
    {
        var share = _folder.CreateSubdirectory("share").FullName;
        var expected = Path.Combine(share, "cycles");
        foreach (var name in new[] { "here", "there" })
        {
            var directory = _folder.CreateSubdirectory(name);
            using var process = await ServerProcess.StartAsync(
                string.Empty, ("XDG_DATA_HOME", share), (ServerProcess.WorkingDirectory, directory.FullName));

            Assert.Contains($"With its data in {expected}, Cycles is ready on ", process.ReadyLine);
            Assert.True(File.Exists(Path.Combine(expected, "lock")));
            Assert.Empty(directory.EnumerateFileSystemInfos());
        }
    }

    [Fact]
    public async Task Data_of_a_version_that_kept_it_in_the_working_directory_is_warned_of()
    {
        File.WriteAllText(Path.Combine(_folder.CreateSubdirectory("cycles-data").FullName, "lock"), string.Empty);

        var (exitCode, output) = await ServerProcess.RunToEndAsync(
            ("XDG_DATA_HOME", Path.Combine(_folder.FullName, "share")),
            (ServerProcess.WorkingDirectory, _folder.FullName),
            ("Cycles__DataPath", string.Empty),
            ("ConnectionStrings__Redis", "127.0.0.1:1"),
            ("Cycles__Store__StartPatience", "00:00:00"));

        Assert.Equal(1, exitCode);
        Assert.Contains("cycles-data has the data of an earlier version, which is not used", output);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
