using CampaignPortal.Learning.Ctr;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Linear;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Preprocessing;
using CampaignPortal.Learning.Trees;

namespace CampaignPortal.Learning.Tabular;

/// <summary>A fitted classifier or regression over the rows of a schema, with its own way to read them. Immutable and safe for concurrent use.</summary>
public interface ITabularScorer
{
    /// <summary>Log-odds of class 1 for each row, or the predicted number of a regression.</summary>
    void Score(Matrix rows, Span<double> scores);
}

/// <summary>A logistic regression over a <see cref="LinearDesign"/>.</summary>
internal sealed class LinearScorer(LinearDesign design, LogisticModel model) : ITabularScorer, IStorable<LinearScorer>
{
    public static string Kind => "linear-scorer";

    public void Score(Matrix rows, Span<double> scores)
    {
        var sparse = design.Transform(rows);
        for (var i = 0; i < scores.Length; i++) scores[i] = model.LogOdds(sparse.Row(i));
    }

    public void Store(ModelPart part)
    {
        part.PutPart("design", design);
        part.PutPart("model", model);
    }

    public static LinearScorer Restore(ModelPart part) => new(part.GetPart<LinearDesign>("design"), part.GetPart<LogisticModel>("model"));
}

/// <summary>A linear regression over a <see cref="LinearDesign"/>.</summary>
internal sealed class RegressionScorer(LinearDesign design, LinearModel model) : ITabularScorer, IStorable<RegressionScorer>
{
    public static string Kind => "regression-scorer";

    public void Score(Matrix rows, Span<double> scores)
    {
        var x = design.TransformDense(rows);
        for (var i = 0; i < scores.Length; i++) scores[i] = model.Predict(x.Row(i));
    }

    public void Store(ModelPart part)
    {
        part.PutPart("design", design);
        part.PutPart("model", model);
    }

    public static RegressionScorer Restore(ModelPart part) => new(part.GetPart<LinearDesign>("design"), part.GetPart<LinearModel>("model"));
}

/// <summary>Boosted trees over numbers, one-hot categories and rates of large dictionaries.</summary>
internal sealed class TreeScorer(TransformerPipeline design, GbdtModel model) : ITabularScorer, IStorable<TreeScorer>
{
    public static string Kind => "tree-scorer";

    public void Score(Matrix rows, Span<double> scores)
    {
        var x = design.Transform(rows);
        for (var i = 0; i < scores.Length; i++) scores[i] = model.Raw(x.Row(i));
    }

    public void Store(ModelPart part)
    {
        part.PutPart("design", design);
        part.PutPart("model", model);
    }

    public static TreeScorer Restore(ModelPart part) => new(part.GetPart<TransformerPipeline>("design"), part.GetPart<GbdtModel>("model"));
}

/// <summary>A forest over the same columns as <see cref="TreeScorer"/>: log-odds of its shares, or its number.</summary>
internal sealed class ForestScorer(TransformerPipeline design, ForestModel model, bool isClassifier) : ITabularScorer, IStorable<ForestScorer>
{
    private const double Least = 1e-4; // shares of 0 and 1 have no log-odds

    public static string Kind => "forest-scorer";

    public void Score(Matrix rows, Span<double> scores)
    {
        var values = new float[scores.Length];
        model.PredictMany(design.Transform(rows), values);
        for (var i = 0; i < values.Length; i++)
        {
            var p = Math.Clamp((double)values[i], Least, 1 - Least);
            scores[i] = isClassifier ? Math.Log(p / (1 - p)) : values[i];
        }
    }

    public void Store(ModelPart part)
    {
        part.PutPart("design", design);
        part.PutPart("model", model);
        part.Settings["classifier"] = isClassifier;
    }

    public static ForestScorer Restore(ModelPart part) => new(part.GetPart<TransformerPipeline>("design"), part.GetPart<ForestModel>("model"), part.Setting<bool>("classifier"));
}

/// <summary>A multilayer perceptron over a <see cref="LinearDesign"/>.</summary>
internal sealed class NetworkScorer(LinearDesign design, MlpModel model) : ITabularScorer, IStorable<NetworkScorer>
{
    public static string Kind => "network-scorer";

    public void Score(Matrix rows, Span<double> scores)
    {
        var values = new float[scores.Length];
        model.LogOddsMany(design.TransformDense(rows), values);
        for (var i = 0; i < values.Length; i++) scores[i] = values[i];
    }

    public void Store(ModelPart part)
    {
        part.PutPart("design", design);
        part.PutPart("model", model);
    }

    public static NetworkScorer Restore(ModelPart part) => new(part.GetPart<LinearDesign>("design"), part.GetPart<MlpModel>("model"));
}

/// <summary>A click model over a <see cref="FieldDesign"/>.</summary>
internal sealed class ClickScorer(FieldDesign design, CtrModel model) : ITabularScorer, IStorable<ClickScorer>
{
    public static string Kind => "click-scorer";

    public void Score(Matrix rows, Span<double> scores)
    {
        var (numbers, categories) = design.Transform(rows);
        var values = new float[scores.Length];
        model.LogOddsMany(numbers, categories, values);
        for (var i = 0; i < values.Length; i++) scores[i] = values[i];
    }

    public void Store(ModelPart part)
    {
        part.PutPart("design", design);
        part.PutPart("model", model);
    }

    public static ClickScorer Restore(ModelPart part) => new(part.GetPart<FieldDesign>("design"), part.GetPart<CtrModel>("model"));
}

/// <summary>Stores scorers of any kind as parts.</summary>
internal static class ScorerParts
{
    public static void Put(ModelPart part, string name, ITabularScorer scorer)
    {
        switch (scorer)
        {
            case LinearScorer linear: part.PutPart(name, linear); break;
            case RegressionScorer regression: part.PutPart(name, regression); break;
            case TreeScorer trees: part.PutPart(name, trees); break;
            case NetworkScorer network: part.PutPart(name, network); break;
            case ForestScorer forest: part.PutPart(name, forest); break;
            case ClickScorer click: part.PutPart(name, click); break;
            default: throw new NotSupportedException($"A {scorer.GetType().Name} cannot be saved in a tabular model.");
        }
    }

    public static ITabularScorer Get(ModelPart part, string name)
    {
        var kind = part.KindOf(name);
        return kind == LinearScorer.Kind ? part.GetPart<LinearScorer>(name)
            : kind == RegressionScorer.Kind ? part.GetPart<RegressionScorer>(name)
            : kind == TreeScorer.Kind ? part.GetPart<TreeScorer>(name)
            : kind == NetworkScorer.Kind ? part.GetPart<NetworkScorer>(name)
            : kind == ForestScorer.Kind ? part.GetPart<ForestScorer>(name)
            : kind == ClickScorer.Kind ? part.GetPart<ClickScorer>(name)
            : throw new InvalidDataException($"The part '{name}' is of the unknown kind '{kind}'.");
    }
}
