using CsCheck;
using Cycles.Grains.Audit.Search;

namespace Cycles.Grains.Tests.Audit;

public sealed class DigitSearchTests
{
    // Few different digits, so that much is found, and found nearly.
    private static readonly Gen<string> AnyId = Gen.Char["0af"].Array[32].Select(digits => new string(digits));

    [Fact]
    public void Digits_are_found_wherever_they_are_in_an_id_and_not_across_two() => Gen.Select(
        AnyId.Array[1, 40], AnyId, Gen.Int[1, 32], Gen.Int[0, 31], Gen.Bool, Gen.Int[0, 39]).Sample(
        (ids, other, length, from, isOfOne, which) =>
        {
            var digits = (isOfOne ? ids[which % ids.Length] : other)[Math.Min(from, 32 - length)..][..length];
            var found = new bool[ids.Length];

            new DigitSearch(digits).Mark(Array.ConvertAll(ids, id => UInt128.Parse(id, System.Globalization.NumberStyles.AllowHexSpecifier)), found);

            Assert.Equal(Array.ConvertAll(ids, id => id.Contains(digits, StringComparison.Ordinal)), found);
        },
        iter: 20_000);

    [Fact]
    public void What_was_found_before_stays()
    {
        bool[] found = [true, false];
        new DigitSearch("abc").Mark([0, 0xabc], found);
        Assert.Equal([true, true], found);
    }
}
