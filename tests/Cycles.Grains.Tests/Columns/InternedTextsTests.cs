using CsCheck;
using Cycles.Grains.Columns;

namespace Cycles.Grains.Tests.Columns;

public sealed class InternedTextsTests
{
    private static readonly Gen<string> Text = Gen.OneOf(Gen.String[Gen.Char["abAB_é界"], 0, 6], Gen.String.AlphaNumeric);

    [Fact]
    public void Each_text_has_one_number_and_comes_back() => Text.Array[0, 300].Sample(
        texts =>
        {
            var interned = new InternedTexts();
            var numbers = Array.ConvertAll(texts, interned.Intern);
            Assert.Equal(texts.Where(text => text.Length > 0).Distinct().Count() + 1, interned.Count);
            for (var i = 0; i < texts.Length; i++)
            {
                Assert.Equal(texts[i], interned.ToText(numbers[i]));
                Assert.Equal(texts[i].Length == 0 ? null : numbers[i], interned.Find(texts[i]));
            }

            Assert.Null(interned.Find("no such text"));
            Assert.Equal(InternedTexts.None, interned.Intern(null));
        },
        iter: 300);

    [Fact]
    public void A_part_is_found_in_the_texts_that_contain_it_and_not_across_two() => Gen.Select(Text.Array[0, 300], Text).Sample(
        (texts, part) =>
        {
            if (part.Length == 0)
            {
                return;
            }

            var interned = new InternedTexts();
            Array.ForEach(texts, text => interned.Intern(text));
            var found = interned.Containing(part);
            for (var number = 0; number < interned.Count; number++)
            {
                Assert.Equal(Lower(interned.ToText(number)).Contains(Lower(part), StringComparison.Ordinal), found[number]);
            }
        },
        iter: 1_000);

    [Fact]
    public void Texts_beyond_one_block_are_all_searched()
    {
        var interned = new InternedTexts();
        interned.Intern(new string('x', 200_000) + "Needle");
        for (var i = 0; i < 20_000; i++)
        {
            interned.Intern($"text-{i}");
        }

        interned.Intern("the last NEEDLE");

        Assert.Equal([1, 20_002], interned.Containing("needle").Index().Where(item => item.Item).Select(item => item.Index));
    }

    [Fact]
    public void The_order_is_that_of_the_texts()
    {
        var interned = new InternedTexts();
        Array.ForEach(["b", "a", "ab", "B"], text => interned.Intern(text));

        Assert.Equal(["", "B", "a", "ab", "b"], interned.Ordered().Select(interned.ToText));
        interned.Intern("aa");
        Assert.Equal(["", "B", "a", "aa", "ab", "b"], interned.Ordered().Select(interned.ToText));
    }

    private static string Lower(string text) => string.Concat(text.Select(letter => char.IsAscii(letter) ? char.ToLowerInvariant(letter) : letter));
}
