using System.Globalization;
using System.Text;
using Cycles.Grains.Runs;

namespace Cycles.Grains.History;

/// <summary>A page of a run's distinct scopes, in order, with the rows that each of them has. It is kept as text: thousands of them stay in memory.</summary>
internal sealed class ScopePage
{
    private const byte AfterPath = (byte)'\t';
    private const byte AfterRows = (byte)'\n';
    private const int Quality = 5;
    private const int Window = 16;

    private readonly byte[] _text;
    private readonly int[] _starts;

    private ScopePage(byte[] text, int[] starts) => (_text, _starts) = (text, starts);

    /// <summary>How many scopes it has.</summary>
    public int Count => _starts.Length;

    /// <summary>About how much memory it takes, in bytes.</summary>
    public long Size => 150 + _text.Length + (sizeof(int) * _starts.Length);

    /// <summary>The canonical path of a scope.</summary>
    public string PathOf(int scope) => Encoding.UTF8.GetString(LineOf(scope)[.._text.AsSpan(_starts[scope]).IndexOf(AfterPath)]);

    /// <summary>The rows that have a scope as their deepest one.</summary>
    public int RowsOf(int scope)
    {
        var line = LineOf(scope);
        var rows = line[(line.IndexOf(AfterPath) + 1)..];
        return int.Parse(rows[..rows.IndexOf(AfterRows)], NumberStyles.None, CultureInfo.InvariantCulture);
    }

    /// <summary>The place of a path; where it would be, as its complement, when it is not here.</summary>
    public int Find(string? path)
    {
        var (low, high) = (0, Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            switch (string.CompareOrdinal(PathOf(middle), path))
            {
                case 0:
                    return middle;
                case < 0:
                    low = middle + 1;
                    break;
                default:
                    high = middle - 1;
                    break;
            }
        }

        return ~low;
    }

    /// <summary>The page of these scopes.</summary>
    /// <param name="paths">The canonical paths, in order.</param>
    /// <param name="rows">The rows of each.</param>
    public static byte[] Write(ReadOnlySpan<string> paths, ReadOnlySpan<int> rows)
    {
        var text = new StringBuilder();
        for (var i = 0; i < paths.Length; i++)
        {
            text.Append(paths[i]).Append((char)AfterPath).Append(CultureInfo.InvariantCulture, $"{rows[i]}").Append((char)AfterRows);
        }

        return Compressed.Write(Encoding.UTF8.GetBytes(text.ToString()), Quality, Window);
    }

    /// <summary>The page that <see cref="Write"/> has written.</summary>
    public static ScopePage Parse(byte[] bytes)
    {
        var text = Compressed.Read(bytes);
        var starts = new List<int>(HistoryFormat.ScopesInPage);
        for (var start = 0; start < text.Length; start += text.AsSpan(start).IndexOf(AfterRows) + 1)
        {
            starts.Add(start);
        }

        return new ScopePage(text, [.. starts]);
    }

    private ReadOnlySpan<byte> LineOf(int scope) => _text.AsSpan(_starts[scope]);
}
