namespace CampaignPortal.Learning.Text;

/// <summary>A fitted classifier of texts. Immutable and safe for concurrent use.</summary>
public interface ITextModel
{
    /// <summary>Number of classes, at least 2.</summary>
    int ClassCount { get; }

    /// <summary>Scores per text: 1 for two classes (above 0 speaks for class 1), else one per class (the highest wins).</summary>
    int OutputCount { get; }

    /// <summary>Scores of many texts.</summary>
    /// <param name="texts">Any texts; what a model does not know has no effect.</param>
    /// <param name="scores">Room for texts × <see cref="OutputCount"/>, row by row.</param>
    void Score(IReadOnlyList<string> texts, Span<float> scores);
}

/// <summary>What every classifier of texts can do with its scores.</summary>
public static class TextModels
{
    /// <summary>The class of a text.</summary>
    public static int Classify(this ITextModel model, string text) => model.ClassifyMany([text])[0];

    /// <summary>The class of each text.</summary>
    public static int[] ClassifyMany(this ITextModel model, IReadOnlyList<string> texts)
    {
        var scores = new float[texts.Count * model.OutputCount];
        model.Score(texts, scores);
        return Classes(scores, model.OutputCount);
    }

    /// <summary>Classes by scores, row by row; the lowest of equals wins.</summary>
    internal static int[] Classes(ReadOnlySpan<float> scores, int outputCount)
    {
        var classes = new int[scores.Length / outputCount];
        for (var row = 0; row < classes.Length; row++)
        {
            var own = scores.Slice(row * outputCount, outputCount);
            if (outputCount == 1) classes[row] = own[0] > 0 ? 1 : 0;
            else
            {
                for (var k = 1; k < outputCount; k++) classes[row] = own[k] > own[classes[row]] ? k : classes[row];
            }
        }
        return classes;
    }

    internal static int OutputsOf(int classCount) => classCount == 2 ? 1 : classCount;

    internal static void RequireRoom(ITextModel model, IReadOnlyList<string> texts, Span<float> scores)
    {
        if (scores.Length != texts.Count * model.OutputCount)
            throw new ArgumentException($"{texts.Count} texts with {model.OutputCount} scores each need room for {texts.Count * model.OutputCount}; there is room for {scores.Length}.", nameof(scores));
    }
}
