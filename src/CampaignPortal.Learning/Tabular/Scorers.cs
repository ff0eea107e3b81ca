using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Linear;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Preprocessing;
using CampaignPortal.Learning.Trees;

namespace CampaignPortal.Learning.Tabular;

/// <summary>A fitted classifier over the rows of a schema, with its own way to read them. Immutable and safe for concurrent use.</summary>
public interface ITabularScorer
{
    /// <summary>Log-odds of class 1 for each row.</summary>
    void LogOdds(Matrix rows, Span<double> logOdds);
}

/// <summary>A logistic regression over a <see cref="LinearDesign"/>.</summary>
internal sealed class LinearScorer(LinearDesign design, LogisticModel model) : ITabularScorer, IStorable<LinearScorer>
{
    public static string Kind => "linear-scorer";

    public void LogOdds(Matrix rows, Span<double> logOdds)
    {
        var sparse = design.Transform(rows);
        for (var i = 0; i < logOdds.Length; i++) logOdds[i] = model.LogOdds(sparse.Row(i));
    }

    public void Store(ModelPart part)
    {
        part.PutPart("design", design);
        part.PutPart("model", model);
    }

    public static LinearScorer Restore(ModelPart part) => new(part.GetPart<LinearDesign>("design"), part.GetPart<LogisticModel>("model"));
}

/// <summary>Boosted trees over numbers, one-hot categories and rates of large dictionaries.</summary>
internal sealed class TreeScorer(TransformerPipeline design, GbdtModel model) : ITabularScorer, IStorable<TreeScorer>
{
    public static string Kind => "tree-scorer";

    public void LogOdds(Matrix rows, Span<double> logOdds)
    {
        var x = design.Transform(rows);
        for (var i = 0; i < logOdds.Length; i++) logOdds[i] = model.Raw(x.Row(i));
    }

    public void Store(ModelPart part)
    {
        part.PutPart("design", design);
        part.PutPart("model", model);
    }

    public static TreeScorer Restore(ModelPart part) => new(part.GetPart<TransformerPipeline>("design"), part.GetPart<GbdtModel>("model"));
}

/// <summary>A multilayer perceptron over a <see cref="LinearDesign"/>.</summary>
internal sealed class NetworkScorer(LinearDesign design, MlpModel model) : ITabularScorer, IStorable<NetworkScorer>
{
    public static string Kind => "network-scorer";

    public void LogOdds(Matrix rows, Span<double> logOdds)
    {
        var values = new float[logOdds.Length];
        model.LogOddsMany(design.TransformDense(rows), values);
        for (var i = 0; i < values.Length; i++) logOdds[i] = values[i];
    }

    public void Store(ModelPart part)
    {
        part.PutPart("design", design);
        part.PutPart("model", model);
    }

    public static NetworkScorer Restore(ModelPart part) => new(part.GetPart<LinearDesign>("design"), part.GetPart<MlpModel>("model"));
}

/// <summary>Stores scorers of any kind as parts.</summary>
internal static class ScorerParts
{
    public static void Put(ModelPart part, string name, ITabularScorer scorer)
    {
        switch (scorer)
        {
            case LinearScorer linear: part.PutPart(name, linear); break;
            case TreeScorer trees: part.PutPart(name, trees); break;
            case NetworkScorer network: part.PutPart(name, network); break;
            default: throw new NotSupportedException($"A {scorer.GetType().Name} cannot be saved in a tabular model.");
        }
    }

    public static ITabularScorer Get(ModelPart part, string name)
    {
        var kind = part.KindOf(name);
        return kind == LinearScorer.Kind ? part.GetPart<LinearScorer>(name)
            : kind == TreeScorer.Kind ? part.GetPart<TreeScorer>(name)
            : kind == NetworkScorer.Kind ? part.GetPart<NetworkScorer>(name)
            : throw new InvalidDataException($"The part '{name}' is of the unknown kind '{kind}'.");
    }
}
