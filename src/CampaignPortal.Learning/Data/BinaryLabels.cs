namespace CampaignPortal.Learning.Data;

/// <summary>Checks labels and row weights of binary classifiers.</summary>
internal static class BinaryLabels
{
    /// <summary>Row weights, with class balance worked in.</summary>
    /// <exception cref="ArgumentException">Lengths differ, a label is not 0 or 1, a weight is negative or not finite, or only one class has weight.</exception>
    public static float[] Weights(int rowCount, ReadOnlySpan<float> labels, ReadOnlySpan<float> sampleWeights, bool balanced)
    {
        if (labels.Length != rowCount) throw new ArgumentException($"{rowCount} rows need as many labels; got {labels.Length}.", nameof(labels));
        if (!sampleWeights.IsEmpty && sampleWeights.Length != rowCount) throw new ArgumentException($"{rowCount} rows need as many weights; got {sampleWeights.Length}.", nameof(sampleWeights));
        var weights = new float[rowCount];
        double positive = 0, negative = 0;
        for (var i = 0; i < rowCount; i++)
        {
            weights[i] = sampleWeights.IsEmpty ? 1 : sampleWeights[i];
            if (!(weights[i] >= 0 && float.IsFinite(weights[i]))) throw new ArgumentException($"Row weights must be finite and not negative; row {i} has {weights[i]}.", nameof(sampleWeights));
            if (labels[i] == 1) positive += weights[i];
            else if (labels[i] == 0) negative += weights[i];
            else throw new ArgumentException($"Labels must be 0 or 1; row {i} has {labels[i]}.", nameof(labels));
        }
        if (positive == 0 || negative == 0)
        {
            throw new ArgumentException($"All rows have the label {(positive == 0 ? 0 : 1)}; a classifier needs rows of both classes. Choose a longer label window or another target.", nameof(labels));
        }
        if (!balanced) return weights;
        var (forPositive, forNegative) = ((positive + negative) / (2 * positive), (positive + negative) / (2 * negative));
        for (var i = 0; i < rowCount; i++) weights[i] *= (float)(labels[i] == 1 ? forPositive : forNegative);
        return weights;
    }
}
