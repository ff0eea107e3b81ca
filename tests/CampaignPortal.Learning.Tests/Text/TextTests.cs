using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Ranking;
using CampaignPortal.Learning.Text;

namespace CampaignPortal.Learning.Tests.Text;

public sealed class TextTests
{
    private static readonly VocabularyOptions EveryTerm = new() { MinDocumentCount = 1 };

    [Theory]
    [InlineData("Don't PANIC, 42 Crème-Brûlées!", "dont|panic|42|crème|brûlées")]
    [InlineData("  ", "")]
    [InlineData("外卖很快", "外|卖|外卖|很|卖很|快|很快")]
    [InlineData("红色T恤 XL", "红|色|红色|t|恤|xl")]
    [InlineData("ＡＢＣ １２", "abc|12")]
    [InlineData("Ünïcode ΣΊΣΥΦΟΣ", "ünïcode|σίσυφοσ")]
    public void Texts_are_cut_into_words_and_characters_with_pairs(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', Tokenizer.Terms(text)));

    [Fact]
    public void Word_runs_join_neighbours() =>
        Assert.Equal(["red", "wool", "scarf", "red wool", "wool scarf"], Tokenizer.Terms("Red wool scarf", longestWordRun: 2));

    [Fact]
    public void Rare_terms_are_left_out_and_a_row_has_unit_length_or_nothing()
    {
        string[] documents = ["red scarf", "red hat", "blue scarf", "lonely"];
        var model = TfIdf.Fit(documents, new TfIdfOptions());
        var rows = model.Transform(documents);

        Assert.Equal(["red", "scarf"], model.Vocabulary.Terms);
        Assert.Equal(Math.Log(5 / 3.0) + 1, model.Idf[0], 1e-6);
        Assert.Equal(Math.Sqrt(0.5), rows.Row(0).Values[0], 1e-6);
        Assert.Equal([1f], rows.Row(1).Values.ToArray());
        Assert.Equal(0, rows.Row(3).Count);
    }

    [Fact]
    public void A_stored_vocabulary_weighs_the_same()
    {
        using var folder = new TemporaryFolder();
        var model = TfIdf.Fit(["红色 scarf", "红色 hat scarf"], new TfIdfOptions { Scale = TermScale.Count });
        model.Save(Path.Combine(folder.Path, "terms"));
        var loaded = ModelFolder.Load<TfIdf>(Path.Combine(folder.Path, "terms"));

        Assert.Equal(model.Vocabulary.Terms, loaded.Vocabulary.Terms);
        Assert.Equal(model.Transform(["hat scarf 红"]).Values.ToArray(), loaded.Transform(["hat scarf 红"]).Values.ToArray());
    }

    [Fact]
    public void Naive_bayes_learns_which_words_belong_to_which_class()
    {
        var model = NaiveBayes.Fit(["good great", "great love", "bad awful", "awful hate"], [1, 1, 0, 0], new NaiveBayesOptions { Vocabulary = EveryTerm });

        Assert.True(model.Predict("great good")[1] > 0.8);
        Assert.Equal(0.5, model.Predict("unheard of")[1], 1e-12);
        Assert.Throws<ArgumentException>(() => NaiveBayes.Fit(["a"], [1], new NaiveBayesOptions()));
    }

    [Fact]
    public void The_complement_form_judges_a_term_by_the_other_classes()
    {
        string[] documents = ["a a b", "a c", "b b c", "c"];
        int[] labels = [0, 0, 1, 2];
        var model = NaiveBayes.Fit(documents, labels, new NaiveBayesOptions { Vocabulary = EveryTerm, Complement = true });

        // Counts of a, b, c outside the classes: (0, 2, 2), (3, 1, 2), (3, 3, 2); one is added to each.
        double[][] shares = [[1 / 7.0, 3 / 7.0, 3 / 7.0], [4 / 9.0, 2 / 9.0, 3 / 9.0], [4 / 11.0, 4 / 11.0, 3 / 11.0]];
        var weights = Array.ConvertAll(shares, own => 1 / (own[0] * own[0] * own[2])); // of the text "a a c"
        var expected = Array.ConvertAll(weights, weight => weight / weights.Sum());
        Assert.All(model.Predict("a a c").Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-12));

        using var folder = new TemporaryFolder();
        model.Save(Path.Combine(folder.Path, "bayes"));
        Assert.Equal(model.Predict("a c"), ModelFolder.Load<NaiveBayes>(Path.Combine(folder.Path, "bayes")).Predict("a c"));
    }

    [Fact]
    public void Items_alike_in_text_category_and_price_are_neighbours()
    {
        ItemContent[] items =
        [
            new("red wool scarf", "clothes", 10), new("blue wool scarf", "clothes", 11), new("red wool scarf", "toys", 90),
            new("steel knife", "kitchen", 10), new("steel fork", "kitchen", 9), new("", null, null),
        ];
        var model = ContentModel.Fit(items, new ContentOptions { Text = new TfIdfOptions { Vocabulary = EveryTerm } });

        Assert.InRange(model.NeighboursOf(0, 1)[0].Item, 1, 2);
        Assert.Equal(4, model.NeighboursOf(3, 1)[0].Item);
        Assert.Equal(1, model.Similarity(0, 0), 1e-6);
        Assert.Equal(model.Similarity(0, 2), model.Similarity(2, 0));
        Assert.True(model.Similarity(0, 1) > model.Similarity(0, 3));
        Assert.Equal(0, model.Similarity(0, 5));
        Assert.All(model.NeighboursOf(5, 3), neighbour => Assert.Equal(0, neighbour.Score));
        Assert.Throws<ArgumentException>(() => ContentModel.Fit([new ItemContent("x", null, 0)], new ContentOptions()));
    }

    [Fact]
    public void Closer_prices_are_more_alike()
    {
        double[] prices = [10, 11, 14, 19, 40];
        var model = ContentModel.Fit([.. prices.Select(price => new ItemContent("", null, price))], new ContentOptions());

        var likeness = Enumerable.Range(0, prices.Length).Select(item => model.Similarity(0, item)).ToArray();
        Assert.Equal(likeness.OrderDescending(), likeness);
        Assert.Equal(1, likeness[0], 1e-6);
        Assert.Equal(0, likeness[^1]);
    }
}
