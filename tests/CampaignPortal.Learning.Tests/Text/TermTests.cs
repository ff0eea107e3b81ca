using CampaignPortal.Learning.Text;

namespace CampaignPortal.Learning.Tests.Text;

public sealed class TermTests
{
    [Fact]
    public void Signs_are_units_of_the_script_they_stand_in()
    {
        var options = new TermOptions { LongestWordRun = 2, Signs = true };
        Assert.Equal(["so", "good", "!", "so good", "good !"], Tokenizer.Terms("so good!", options));
        Assert.Equal(["好", "吃", "好吃", "!", "吃!", "ok"], Tokenizer.Terms("好吃！ok", options));
    }

    [Fact]
    public void Words_after_a_negation_are_marked_up_to_the_next_sign() =>
        Assert.Equal(["not", "not_a", "not_good", "film", "but", "dont", "not_mind", "not_it", "not_at", "all"],
            Tokenizer.Terms("Not a good, film but don't mind it at all", new TermOptions { Negation = true }));

    [Theory]
    [InlineData(true, " a| ab|ab|ab |b |b c| c| c |c ")]
    [InlineData(false, " a| ab|ab|ab |b | c| c |c ")]
    public void Parts_are_runs_of_characters_and_stay_in_a_word_when_told(bool across, string expected) =>
        Assert.Equal(expected, string.Join('|', Tokenizer.Terms("ab c", new TermOptions { Parts = new TermParts(2, 3, across) })));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(0, 3)]
    [InlineData(6, 1)]
    public void Counts_are_those_of_a_naive_count(int hashBits, int degree)
    {
        string[] texts = ["红色 scarf, red scarf", "", "a b a c a b 红红红", "scarf 😀 B"];
        var options = new VocabularyOptions { Terms = new TermOptions { LongestWordRun = 2 }, MinDocumentCount = 1, HashBits = hashBits };
        var vocabulary = Vocabulary.Fit(texts, options, out var counts, degree);
        var again = vocabulary.CountTerms(texts);

        for (var row = 0; row < texts.Length; row++)
        {
            var expected = Tokenizer.Terms(texts[row], 2).GroupBy(term => vocabulary.ColumnOf(term)).OrderBy(group => group.Key).Select(group => (group.Key, (float)group.Count())).ToArray();
            Assert.Equal(expected, counts.Row(row).Columns.ToArray().Zip(counts.Row(row).Values.ToArray()));
            Assert.Equal(counts.Row(row).Values.ToArray(), again.Row(row).Values.ToArray());
        }
        Assert.Equal(hashBits > 0 ? 64 : texts.SelectMany(text => Tokenizer.Terms(text, 2)).Distinct().Count(), vocabulary.ColumnCount);
        Assert.Equal(vocabulary.Terms.Order(StringComparer.Ordinal), vocabulary.Terms);
    }

    [Fact]
    public void Broken_characters_end_a_word_and_long_ligatures_find_room()
    {
        Assert.Equal(["a", "b"], Tokenizer.Terms("a\uD800b"));
        Assert.Equal(4, Tokenizer.Terms("\uFDFA").Count); // one character becomes eighteen, four words
        Assert.Equal(400, Tokenizer.Terms(string.Concat(Enumerable.Repeat("ﬁ ", 400))).Count);
    }

    [Fact]
    public void A_warm_cutter_allocates_nothing_for_ascii()
    {
        var cutter = new TermCutter(new TermOptions { LongestWordRun = 2, Signs = true, Negation = true });
        const string Text = "Well, ABC! Not a bad thing";
        for (var warm = 0; warm < 3; warm++) cutter.Cut(Text);
        var before = GC.GetAllocatedBytesForCurrentThread();
        cutter.Cut(Text);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Choices_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Tokenizer.Terms("a", new TermOptions { Parts = new TermParts(3, 2) }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Tokenizer.Terms("a", new TermOptions { ShortestWordRun = 2 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Vocabulary.Fit(["a"], new VocabularyOptions { HashBits = 25 }, out _));
        Assert.Throws<ArgumentException>(() => new Vocabulary(["a", "a"], new VocabularyOptions()));
    }
}
