using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tensors;

namespace CampaignPortal.Learning.Autograd;

/// <summary>Losses as one number, the mean over rows; the arithmetic and its gradient are those of <see cref="Losses"/>.</summary>
public static unsafe class LossOperations
{
    /// <summary>Binary cross-entropy on logits.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="logits">One per row.</param>
    /// <param name="targets">One per row, in [0, 1].</param>
    /// <param name="weights">Row weights; the mean is then Σ w·loss / Σ w. Empty for 1 each.</param>
    /// <param name="positiveWeight">Factor on the positive part.</param>
    public static Tensor BinaryCrossEntropy(this Tape tape, in Tensor logits, ReadOnlySpan<float> targets, ReadOnlySpan<float> weights = default, double positiveWeight = 1)
    {
        RequireOneEach(logits, targets.Length);
        var gradient = tape.Keep(logits.Count);
        var loss = Losses.BinaryCrossEntropy(logits.Values, targets, new Span<float>(gradient, logits.Count), positiveWeight, weights);
        return Loss(tape, loss, logits, gradient);
    }

    /// <summary>Softmax cross-entropy of rows of logits against class numbers.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="logits">[rows, classes].</param>
    /// <param name="targets">Class of each row; −1 leaves the row out.</param>
    /// <param name="smoothing">Share of the target that is spread over all classes.</param>
    public static Tensor CrossEntropy(this Tape tape, in Tensor logits, in Indices targets, double smoothing = 0)
    {
        RequireRows(logits, targets.Count);
        var gradient = tape.Keep(logits.Count);
        var loss = SoftmaxLoss.Rows(logits.Data, targets.Data, gradient, logits.Rows, logits.Columns, smoothing);
        return Loss(tape, loss, logits, gradient);
    }

    /// <summary>Mean of squared differences.</summary>
    public static Tensor MeanSquaredError(this Tape tape, in Tensor predictions, ReadOnlySpan<float> targets)
    {
        RequireOneEach(predictions, targets.Length);
        var gradient = tape.Keep(predictions.Count);
        return Loss(tape, Losses.MeanSquared(predictions.Values, targets, new Span<float>(gradient, predictions.Count)), predictions, gradient);
    }

    /// <summary>Huber's loss (1964): ½e² up to delta, linear beyond.</summary>
    public static Tensor Huber(this Tape tape, in Tensor predictions, ReadOnlySpan<float> targets, double delta = 1)
    {
        RequireOneEach(predictions, targets.Length);
        var gradient = tape.Keep(predictions.Count);
        return Loss(tape, Losses.Huber(predictions.Values, targets, new Span<float>(gradient, predictions.Count), delta), predictions, gradient);
    }

    /// <summary>Pinball loss, whose minimum is a quantile (Koenker and Bassett 1978).</summary>
    public static Tensor Pinball(this Tape tape, in Tensor predictions, ReadOnlySpan<float> targets, double quantile)
    {
        RequireOneEach(predictions, targets.Length);
        var gradient = tape.Keep(predictions.Count);
        return Loss(tape, Losses.Quantile(predictions.Values, targets, new Span<float>(gradient, predictions.Count), quantile), predictions, gradient);
    }

    /// <summary>Poisson deviance up to a constant, exp(x) − t·x, on log rates.</summary>
    public static Tensor Poisson(this Tape tape, in Tensor logRates, ReadOnlySpan<float> targets)
    {
        RequireOneEach(logRates, targets.Length);
        var gradient = tape.Keep(logRates.Count);
        return Loss(tape, Losses.Poisson(logRates.Values, targets, new Span<float>(gradient, logRates.Count)), logRates, gradient);
    }

    /// <summary>Bayesian personalised ranking (Rendle et al. 2009): −ln σ(positive − negative).</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="positive">Score of the item that was taken, one per row.</param>
    /// <param name="negative">Score of one that was not.</param>
    public static Tensor Bpr(this Tape tape, in Tensor positive, in Tensor negative)
    {
        RequireOneEach(negative, positive.Count);
        var up = tape.Keep(positive.Count);
        var down = tape.Keep(negative.Count);
        var loss = Losses.Bpr(positive.Values, negative.Values, new Span<float>(up, positive.Count), new Span<float>(down, negative.Count));
        return Loss(tape, loss, positive, up, negative, down);
    }

    /// <summary>Softmax cross-entropy of one positive against its own sampled negatives.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="positive">[rows].</param>
    /// <param name="negatives">[rows, sampled].</param>
    public static Tensor SampledSoftmax(this Tape tape, in Tensor positive, in Tensor negatives)
    {
        RequireRows(negatives, positive.Count);
        var up = tape.Keep(positive.Count);
        var down = tape.Keep(negatives.Count);
        var loss = Losses.SampledSoftmax(positive.Values, negatives.Values, new Span<float>(up, positive.Count), new Span<float>(down, negatives.Count));
        return Loss(tape, loss, positive, up, negatives, down);
    }

    /// <summary>gBCE (Petrov and Macdonald 2023): binary cross-entropy with the positive part raised to β, which undoes the overconfidence of sampled negatives.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="positive">[rows].</param>
    /// <param name="negatives">[rows, sampled].</param>
    /// <param name="itemCount">Items that negatives were sampled from.</param>
    /// <param name="t">Calibration in [0, 1]; 0 is plain binary cross-entropy.</param>
    public static Tensor GeneralizedBinaryCrossEntropy(this Tape tape, in Tensor positive, in Tensor negatives, int itemCount, double t = 0.75)
    {
        RequireRows(negatives, positive.Count);
        var up = tape.Keep(positive.Count);
        var down = tape.Keep(negatives.Count);
        var loss = Losses.Gbce(positive.Values, negatives.Values, new Span<float>(up, positive.Count), new Span<float>(down, negatives.Count), itemCount, t).Loss;
        return Loss(tape, loss, positive, up, negatives, down);
    }

    /// <summary>Softmax cross-entropy of hidden rows against all rows of a table, without ever holding all logits: logit(i, c) = hidden_i·table_c + bias_c.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="hidden">[rows, width].</param>
    /// <param name="table">[classes, width].</param>
    /// <param name="targets">Class of each row; −1 leaves the row out.</param>
    /// <param name="temperature">Logits are divided by it.</param>
    /// <param name="bias">One per class, without gradient: −ln q of a sampled class (log-Q correction), for instance. Empty for none.</param>
    /// <remarks>Loss and gradients are computed together, block of rows by block of rows, so memory is one block of logits and the gradients.</remarks>
    public static Tensor SoftmaxOverTable(this Tape tape, in Tensor hidden, in Tensor table, in Indices targets, double temperature = 1, ReadOnlySpan<float> bias = default)
    {
        RequireRows(hidden, targets.Count);
        if (table.Columns != hidden.Columns) throw new ArgumentException($"Rows {hidden.Shape} and table {table.Shape} must have one width.", nameof(table));
        if (!bias.IsEmpty && bias.Length != table.Rows) throw new ArgumentException($"{table.Rows} biases are due; got {bias.Length}.", nameof(bias));
        var needs = hidden.NeedsGradient || table.NeedsGradient;
        var gradHidden = needs ? tape.Keep(hidden.Count) : null;
        var gradTable = needs ? tape.KeepZeroed(table.Count) : null;
        var loss = SoftmaxLoss.OverTable(tape, hidden, table, targets.Data, (float)(1 / temperature), bias, gradHidden, gradTable);
        return Loss(tape, loss, hidden, gradHidden, table, gradTable);
    }

    /// <summary>A loss whose gradients for one or two operands are known already; <see cref="Tape.Backward(in Tensor)"/> multiplies them by the gradient of the loss.</summary>
    internal static Tensor Loss(Tape tape, double loss, in Tensor a, float* gradA, in Tensor b = default, float* gradB = null)
    {
        var hasB = gradB != null;
        var y = tape.Result(Shape.Scalar, a.NeedsGradient || (hasB && b.NeedsGradient));
        *y.Data = (float)loss;
        if (y.NeedsGradient)
        {
            ref var entry = ref tape.Record(&LossBackward, y);
            entry.X[0] = a;
            entry.Kept0 = gradA;
            if (hasB)
            {
                entry.X[1] = b;
                entry.Kept1 = gradB;
            }
        }
        return y;
    }

    private static void LossBackward(Tape tape, ref TapeEntry entry)
    {
        var slope = *tape.ZeroedGradient(entry.Y);
        ElementwiseOperations.PassOn(tape, entry.X[0], entry.Kept0, slope);
        if (entry.Kept1 != null) ElementwiseOperations.PassOn(tape, entry.X[1], entry.Kept1, slope);
    }

    private static void RequireOneEach(in Tensor predictions, int count)
    {
        if (predictions.Count != count) throw new ArgumentException($"{predictions.Count} predictions {predictions.Shape} need as many targets; got {count}.", nameof(predictions));
    }

    private static void RequireRows(in Tensor rows, int count)
    {
        if (rows.Rows != count) throw new ArgumentException($"{rows.Rows} rows {rows.Shape} need as many targets; got {count}.", nameof(rows));
    }
}
