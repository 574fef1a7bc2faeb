namespace Cycles.Bench.Report;

/// <summary>A markdown table that also reads well as text: the columns are aligned.</summary>
internal sealed class MarkdownTable(params string[] header)
{
    private readonly List<string[]> _rows = [header];

    public void Add(params string[] cells) => _rows.Add(cells);

    public override string ToString()
    {
        var widths = Enumerable.Range(0, header.Length).Select(column => _rows.Max(row => row[column].Length)).ToArray();
        var lines = _rows.Select(Line).ToList();
        lines.Insert(1, Line([.. widths.Select(width => new string('-', width))]));
        return string.Join(Environment.NewLine, lines);

        string Line(string[] row) => $"| {string.Join(" | ", row.Select((cell, column) => cell.PadRight(widths[column])))} |";
    }
}
