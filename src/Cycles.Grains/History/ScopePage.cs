using System.Globalization;
using System.Text;

namespace Cycles.Grains.History;

/// <summary>A page of a run's distinct scopes, in order, with the rows that each of them has.</summary>
/// <param name="Paths">The canonical paths.</param>
/// <param name="Rows">The rows that have that one as their deepest scope.</param>
internal sealed record ScopePage(string[] Paths, int[] Rows)
{
    private const int Quality = 5;
    private const int Window = 16;

    /// <summary>About how much memory it takes, in bytes.</summary>
    public long Size => 100 + Paths.Sum(path => 40L + (2 * path.Length));

    public byte[] Write()
    {
        var text = new StringBuilder();
        for (var i = 0; i < Paths.Length; i++)
        {
            text.Append(Paths[i]).Append('\n').Append(CultureInfo.InvariantCulture, $"{Rows[i]}\n");
        }

        return Compressed.Write(Encoding.UTF8.GetBytes(text.ToString()), Quality, Window);
    }

    public static ScopePage Parse(byte[] bytes)
    {
        var lines = Encoding.UTF8.GetString(Compressed.Read(bytes)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return new ScopePage(
            [.. lines.Where((_, i) => i % 2 == 0)],
            [.. lines.Where((_, i) => i % 2 == 1).Select(line => int.Parse(line, NumberStyles.None, CultureInfo.InvariantCulture))]);
    }
}
