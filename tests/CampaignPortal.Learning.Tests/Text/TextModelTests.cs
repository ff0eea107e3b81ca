using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Text;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Text;

public sealed class TextModelTests
{
    private static readonly string[] Topics = ["good great lovely", "bad awful dreadful", "cheap price money"];

    [Theory]
    [InlineData(TextLearner.Logistic, false, 2)]
    [InlineData(TextLearner.Logistic, true, 3)]
    [InlineData(TextLearner.SupportVectors, true, 2)]
    [InlineData(TextLearner.NaiveBayes, false, 3)]
    public void Planted_words_are_found_and_explain_the_score(TextLearner learner, bool byRatio, int classes)
    {
        var (texts, labels) = Planted(300, classes, seed: 1);
        var model = LinearText.Fit(texts, labels, new LinearTextOptions { Learner = learner, ByLogCountRatio = byRatio }, CancellationToken.None);
        var (fresh, expected) = Planted(200, classes, seed: 2);

        Assert.True(model.ClassifyMany(fresh).Zip(expected).Count(pair => pair.First == pair.Second) > 190);
        var own = classes == 2 ? 0 : 1;
        var score = new float[model.OutputCount];
        model.Score(["w1 w2 awful"], score);
        var terms = model.Explain("w1 w2 awful", own);
        Assert.Equal("awful", terms[0].Term);
        Assert.Equal(score[own], model.Intercept(own) + terms.Sum(term => term.Contribution), 1e-5);
    }

    [Fact]
    public void A_stack_is_the_same_for_every_degree_and_after_storing()
    {
        var (texts, labels) = Planted(160, 3, seed: 3);
        var results = new[] { 1, 2, 3 }.Select(degree => TextStacking.Fit(texts, labels, new TextStackingOptions { Degree = degree }, CancellationToken.None)).ToArray();
        using var folder = new TemporaryFolder();
        results[0].Model.Save(Path.Combine(folder.Path, "stack"));
        var loaded = ModelFolder.Load<TextStackModel>(Path.Combine(folder.Path, "stack"));
        var (fresh, expected) = Planted(100, 3, seed: 4);

        var scores = results.Select(result => Scores(result.Model, fresh)).ToArray();
        Assert.Equal(scores[0], scores[1]);
        Assert.Equal(scores[0], scores[2]);
        Assert.Equal(scores[0], Scores(loaded, fresh));
        Assert.InRange(results[0].StackAccuracy, 0.97, 1);
        Assert.Equal(loaded.Members.Count, results[0].Candidates.Count(candidate => candidate.Weight != 0));
        Assert.True(loaded.ClassifyMany(fresh).Zip(expected).Count(pair => pair.First == pair.Second) > 95);
    }

    [Fact]
    public void Chance_labels_are_not_learned_out_of_fold()
    {
        var (texts, _) = Planted(200, 2, seed: 5);
        var labels = Enumerable.Range(0, 200).Select(row => (int)(CounterRng.Bits(6, 0, (ulong)row) & 1)).ToArray();

        var result = TextStacking.Fit(texts, labels, new TextStackingOptions(), CancellationToken.None);
        Assert.All(result.Candidates, candidate => Assert.InRange(candidate.Accuracy, 0.35, 0.65));
    }

    [Fact]
    public void Labels_that_leave_a_class_or_a_fold_empty_are_refused()
    {
        Assert.Throws<ArgumentException>(() => LinearText.Fit(["a b", "b c"], [0, 2], new LinearTextOptions(), CancellationToken.None));
        Assert.Throws<ArgumentException>(() => TextStacking.Fit(["a b", "b c", "c d"], [0, 0, 1], new TextStackingOptions(), CancellationToken.None));
    }

    private static float[] Scores(TextStackModel model, string[] texts)
    {
        var scores = new float[texts.Length * model.OutputCount];
        model.Score(texts, scores);
        return scores;
    }

    // A few words of the topic among many that mean nothing.
    private static (string[] Texts, int[] Labels) Planted(int count, int classes, long seed)
    {
        var rng = new Rng(seed);
        var (texts, labels) = (new string[count], new int[count]);
        for (var row = 0; row < count; row++)
        {
            labels[row] = row % classes;
            var topic = Topics[labels[row]].Split(' ');
            texts[row] = string.Join(' ', Enumerable.Range(0, 12).Select(at => at % 4 == 0 ? topic[rng.NextInt(3)] : $"w{rng.NextInt(40)}"));
        }
        return (texts, labels);
    }
}
