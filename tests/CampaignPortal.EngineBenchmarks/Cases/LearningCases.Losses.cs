using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Nn;

namespace CampaignPortal.Benchmarks.Cases;

/// <summary>Cases of losses: group losses.</summary>
public static partial class LearningCases
{
    private delegate double PairLoss(ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets, Span<float> gradient);

    private static Handler? LossHandler(string stem) => stem switch
    {
        "bce-logits" or "bce-logits-positive-weight" => c => OnPairs(c, (p, t, g) => Losses.BinaryCrossEntropy(p, t, g, c.Option("positive_weight", 1))),
        "mse" => c => OnPairs(c, Losses.MeanSquared),
        "huber" => c => OnPairs(c, (p, t, g) => Losses.Huber(p, t, g, c.Option("delta", 1))),
        "poisson" => c => OnPairs(c, Losses.Poisson),
        "quantile" => c => OnPairs(c, (p, t, g) => Losses.Quantile(p, t, g, c.Option("quantile"))),
        "focal" => c => OnPairs(c, (p, t, g) => Losses.Focal(p, t, g, c.Option("gamma"), c.Option("alpha"))),
        "cross-entropy" or "cross-entropy-smoothing" => CrossEntropy,
        "bpr" => Bpr,
        "gbce" => Gbce,
        "sampled-softmax" => SampledSoftmax,
        "in-batch-softmax" => InBatchSoftmax,
        "ziln" => Ziln,
        _ => null,
    };

    private static Dictionary<string, object> OnPairs(LearningCase c, PairLoss loss)
    {
        var predictions = c.Floats("pred");
        var gradient = new float[predictions.Length];
        return new Dictionary<string, object> { ["loss"] = loss(predictions, c.Floats("target"), gradient), ["grad_pred"] = gradient };
    }

    private static Dictionary<string, object> CrossEntropy(LearningCase c)
    {
        using var taped = new Taped(c);
        var logits = taped.Input("pred");
        var loss = taped.Tape.CrossEntropy(logits, taped.Tape.Indices(c.Ints("target")), c.Option("smoothing", 0));
        taped.Tape.Backward(loss);
        return new Dictionary<string, object> { ["loss"] = loss.Scalar, ["grad_pred"] = taped.Tape.GradientOf(logits).ToArray() };
    }

    private static Dictionary<string, object> Bpr(LearningCase c)
    {
        var positive = c.Floats("positive");
        var (gradPositive, gradNegative) = (new float[positive.Length], new float[positive.Length]);
        return new Dictionary<string, object> { ["loss"] = Losses.Bpr(positive, c.Floats("negative"), gradPositive, gradNegative), ["grad_positive"] = gradPositive, ["grad_negative"] = gradNegative };
    }

    private static Dictionary<string, object> Gbce(LearningCase c)
    {
        var (positive, negatives) = (c.Floats("positive"), c.Floats("negatives"));
        var (gradPositive, gradNegatives) = (new float[positive.Length], new float[negatives.Length]);
        var (loss, beta) = Losses.Gbce(positive, negatives, gradPositive, gradNegatives, (int)c.Option("items"), c.Option("t"));
        return new Dictionary<string, object> { ["loss"] = loss, ["beta"] = beta, ["grad_positive"] = gradPositive, ["grad_negatives"] = gradNegatives };
    }

    private static Dictionary<string, object> SampledSoftmax(LearningCase c)
    {
        using var taped = new Taped(c);
        var (positive, negatives) = (taped.Input("positive"), taped.Input("negatives"));
        var loss = taped.Tape.SampledSoftmax(positive, negatives);
        taped.Tape.Backward(loss);
        return new Dictionary<string, object> { ["loss"] = loss.Scalar, ["grad_positive"] = taped.Tape.GradientOf(positive).ToArray(), ["grad_negatives"] = taped.Tape.GradientOf(negatives).ToArray() };
    }

    private static Dictionary<string, object> InBatchSoftmax(LearningCase c)
    {
        using var taped = new Taped(c);
        var (users, items) = (taped.Input("users"), taped.Input("items"));
        var loss = taped.Tape.SoftmaxOverTable(users, items, taped.Tape.Indices(Enumerable.Range(0, users.Rows).ToArray()), c.Option("temperature"));
        taped.Tape.Backward(loss);
        return new Dictionary<string, object> { ["loss"] = loss.Scalar, ["grad_users"] = taped.Tape.GradientOf(users).ToArray(), ["grad_items"] = taped.Tape.GradientOf(items).ToArray() };
    }

    private static Dictionary<string, object> Ziln(LearningCase c)
    {
        var (logits, targets) = (c.Floats("logits"), c.Floats("target"));
        var (gradient, expected) = (new float[logits.Length], new float[targets.Length]);
        return new Dictionary<string, object> { ["loss"] = Losses.ZeroInflatedLogNormal(logits, targets, gradient, expected), ["grad_logits"] = gradient, ["expected_value"] = expected };
    }
}
