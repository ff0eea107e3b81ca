using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Linear;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Text;

/// <summary>Several classifiers of texts whose scores are weighed together; scores are log-odds. Immutable and safe for concurrent use.</summary>
public sealed class TextStackModel : ITextModel, IStorable<TextStackModel>
{
    private readonly ITextModel[] _members;
    private readonly LogisticModel[] _weights; // one per output, over the members' scores of that output

    internal TextStackModel(ITextModel[] members, LogisticModel[] weights) => (_members, _weights) = (members, weights);

    /// <inheritdoc/>
    public static string Kind => "text-stack";

    /// <inheritdoc/>
    public int ClassCount => Math.Max(2, _weights.Length);

    /// <inheritdoc/>
    public int OutputCount => _weights.Length;

    /// <summary>The models whose scores are weighed.</summary>
    public IReadOnlyList<ITextModel> Members => _members;

    /// <inheritdoc/>
    public void Score(IReadOnlyList<string> texts, Span<float> scores)
    {
        TextModels.RequireRoom(this, texts, scores);
        var own = new Matrix(texts.Count * OutputCount, _members.Length);
        var one = new float[scores.Length];
        for (var member = 0; member < _members.Length; member++)
        {
            _members[member].Score(texts, one);
            for (var at = 0; at < one.Length; at++) own[at, member] = one[at];
        }
        for (var at = 0; at < scores.Length; at++) scores[at] = (float)_weights[at % OutputCount].LogOdds(own.Row(at));
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Settings["members"] = _members.Length;
        part.Settings["outputs"] = _weights.Length;
        for (var output = 0; output < _weights.Length; output++) part.PutPart($"weights{output}", _weights[output]);
        for (var member = 0; member < _members.Length; member++) StoredTextModels.Put(part, $"member{member}", _members[member]);
    }

    /// <inheritdoc/>
    public static TextStackModel Restore(ModelPart part)
    {
        var (members, outputs) = (part.Setting<int>("members"), part.Setting<int>("outputs"));
        if (members is < 1 or > 1000 || outputs is < 1 or > 10_000) throw new InvalidDataException($"A stack of {members} models with {outputs} outputs makes no sense.");
        ITextModel[] models = [.. Enumerable.Range(0, members).Select(member => StoredTextModels.Get(part, $"member{member}"))];
        LogisticModel[] weights = [.. Enumerable.Range(0, outputs).Select(output => part.GetPart<LogisticModel>($"weights{output}"))];
        if (models.Any(model => model.OutputCount != outputs) || weights.Any(weight => weight.ColumnCount != members))
            throw new InvalidDataException($"The parts of a stack of {members} models with {outputs} outputs do not fit each other.");
        return new TextStackModel(models, weights);
    }
}
