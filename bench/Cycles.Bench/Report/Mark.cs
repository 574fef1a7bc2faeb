namespace Cycles.Bench.Report;

/// <summary>A figure that we want to reach, and what was reached.</summary>
internal sealed record Mark(string Name, string Wanted, string Measured, bool Reached)
{
    public static Mark AtLeast(string name, double wanted, double measured) =>
        new(name, $"≥ {wanted:0.00}", $"{measured:0.00}", measured >= wanted);

    public static Mark AtMost(string name, double wanted, double measured, string unit) =>
        new(name, $"≤ {wanted:0.##} {unit}", $"{measured:0.##} {unit}", measured <= wanted);

    public static string Table(IEnumerable<Mark> marks)
    {
        var table = new MarkdownTable("mark", "wanted", "measured", "");
        foreach (var mark in marks)
        {
            table.Add(mark.Name, mark.Wanted, mark.Measured, mark.Reached ? "reached" : "MISSED");
        }

        return table.ToString();
    }
}
