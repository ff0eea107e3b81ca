using System.Globalization;
using CampaignPortal.Learning.Metrics;
using CampaignPortal.Learning.Text;

namespace CampaignPortal.Benchmarks.Speed;

/// <summary>Words and pairs of 8,000 documents, TF-IDF and logistic regression, from the text to the model.</summary>
internal sealed class TextTrainRow : ISpeedRow
{
    private const int DocumentCount = 10_000, TrainCount = 8_000;

    private string[] _train = [], _test = [];
    private int[] _labels = [], _testLabels = [];
    private int _degree = 1;
    private LinearTextModel? _model;

    public string Job => "text-train";

    public void Prepare(int degree)
    {
        _degree = degree;
        var (tokens, offsets, labels) = Recipes.Documents(1, DocumentCount);
        string[] documents = [.. Enumerable.Range(0, DocumentCount)
            .Select(d => string.Join(' ', tokens[offsets[d]..offsets[d + 1]].Select(token => "w" + token.ToString(CultureInfo.InvariantCulture))))];
        (_train, _test, _labels, _testLabels) = (documents[..TrainCount], documents[TrainCount..], labels[..TrainCount], labels[TrainCount..]);
    }

    public IReadOnlyList<double> Run()
    {
        var words = new VocabularyOptions { Terms = new TermOptions { LongestWordRun = 2 } };
        var options = new LinearTextOptions { Terms = new TfIdfOptions { Vocabulary = words }, L2 = 0.25, Degree = _degree };
        return [Timed.Seconds(() => _model = LinearText.Fit(_train, _labels, options, CancellationToken.None))];
    }

    public SpeedOutcome Outcome()
    {
        var model = _model ?? throw new InvalidOperationException("Nothing was run yet.");
        var scores = new float[_test.Length];
        model.Score(_test, scores);
        var right = scores.Zip(_testLabels, (score, label) => score > 0 == (label == 1) ? 1.0 : 0).Average();
        return SpeedOutcome.Of(("accuracy", right), ("auc", BinaryMetrics.Auc(Array.ConvertAll(_testLabels, label => (float)label), scores)), ("features", model.Terms.Vocabulary.ColumnCount));
    }
}
