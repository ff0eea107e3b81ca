namespace CampaignPortal.Learning.Data;

/// <summary>Checks row weights of any model.</summary>
internal static class RowWeights
{
    /// <summary>A copy of the weights, or 1 each.</summary>
    /// <exception cref="ArgumentException">There is no row, lengths differ, a weight is negative or not finite, or all are 0.</exception>
    public static float[] Of(int rowCount, int labelCount, ReadOnlySpan<float> sampleWeights)
    {
        if (rowCount == 0 || labelCount != rowCount) throw new ArgumentException($"{rowCount} rows need as many labels, at least one; got {labelCount}.", nameof(labelCount));
        if (!sampleWeights.IsEmpty && sampleWeights.Length != rowCount) throw new ArgumentException($"{rowCount} rows need as many weights; got {sampleWeights.Length}.", nameof(sampleWeights));
        var weights = new float[rowCount];
        double total = 0;
        for (var i = 0; i < rowCount; i++)
        {
            weights[i] = sampleWeights.IsEmpty ? 1 : sampleWeights[i];
            if (!(weights[i] >= 0 && float.IsFinite(weights[i]))) throw new ArgumentException($"Row weights must be finite and not negative; row {i} has {weights[i]}.", nameof(sampleWeights));
            total += weights[i];
        }
        return total > 0 ? weights : throw new ArgumentException("All row weights are 0.", nameof(sampleWeights));
    }
}
