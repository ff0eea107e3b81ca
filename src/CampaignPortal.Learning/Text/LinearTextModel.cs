using CampaignPortal.Learning.Linear;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Text;

/// <summary>What one term of a text adds to the score of a class.</summary>
public sealed record TermContribution(string Term, double Contribution);

/// <summary>A fitted linear classifier of texts. Immutable and safe for concurrent use.</summary>
public sealed class LinearTextModel : ITextModel, IStorable<LinearTextModel>
{
    private readonly SparseLinearModel[] _outputs;

    internal LinearTextModel(TfIdf terms, SparseLinearModel[] outputs) => (Terms, _outputs) = (terms, outputs);

    /// <inheritdoc/>
    public static string Kind => "linear-text";

    /// <summary>How texts become rows.</summary>
    public TfIdf Terms { get; }

    /// <inheritdoc/>
    public int ClassCount => Math.Max(2, _outputs.Length);

    /// <inheritdoc/>
    public int OutputCount => _outputs.Length;

    /// <inheritdoc/>
    public void Score(IReadOnlyList<string> texts, Span<float> scores)
    {
        TextModels.RequireRoom(this, texts, scores);
        var rows = Terms.Transform(texts);
        for (var row = 0; row < rows.RowCount; row++)
        {
            for (var output = 0; output < _outputs.Length; output++) scores[row * _outputs.Length + output] = (float)_outputs[output].Score(rows.Row(row));
        }
    }

    /// <summary>What each term of a text adds to a score, largest effect first; with the intercept they add up to the score. Hashed columns bear their number.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="output">Which score, below <see cref="OutputCount"/>.</param>
    public IReadOnlyList<TermContribution> Explain(string text, int output = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(output);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(output, OutputCount);
        var row = Terms.Transform([text]).Row(0);
        var contributions = new List<TermContribution>(row.Count);
        for (var at = 0; at < row.Count; at++)
        {
            var column = row.Columns[at];
            contributions.Add(new TermContribution(Terms.Vocabulary.TermOf(column), (double)row.Values[at] * _outputs[output].Weights[column]));
        }
        return [.. contributions.OrderByDescending(term => Math.Abs(term.Contribution)).ThenBy(term => term.Term, StringComparer.Ordinal)];
    }

    /// <summary>Score of a text without known terms.</summary>
    public double Intercept(int output = 0) => _outputs[output].Intercept;

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Settings["outputs"] = _outputs.Length;
        part.PutPart("terms", Terms);
        for (var output = 0; output < _outputs.Length; output++) part.PutPart($"output{output}", _outputs[output]);
    }

    /// <inheritdoc/>
    public static LinearTextModel Restore(ModelPart part)
    {
        var terms = part.GetPart<TfIdf>("terms");
        var count = part.Setting<int>("outputs");
        if (count is < 1 or > 10_000) throw new InvalidDataException($"A text model has {count} outputs; 1 to 10000 were expected.");
        SparseLinearModel[] outputs = [.. Enumerable.Range(0, count).Select(output => part.GetPart<SparseLinearModel>($"output{output}"))];
        if (Array.Find(outputs, output => output.ColumnCount != terms.Vocabulary.ColumnCount) is { } other)
            throw new InvalidDataException($"A text model of {terms.Vocabulary.ColumnCount} terms has a score of {other.ColumnCount}.");
        return new LinearTextModel(terms, outputs);
    }
}
