using CampaignPortal.Learning.Data;

namespace CampaignPortal.Learning.Preprocessing;

/// <summary>A fitted, immutable step that turns a matrix into another one with the same rows. Safe for concurrent use.</summary>
public interface ITransformer
{
    /// <summary>Number of columns that the step was fitted on.</summary>
    int InputColumnCount { get; }

    /// <summary>Names of the columns that come out.</summary>
    IReadOnlyList<string> OutputNames { get; }

    /// <summary>For each column that comes out, the input column it was made from: explanations of outputs add up to explanations of inputs.</summary>
    IReadOnlyList<int> SourceColumns { get; }

    /// <summary>Transforms a matrix of <see cref="InputColumnCount"/> columns into a new one; the input is not changed.</summary>
    /// <exception cref="ArgumentException">The number of columns is another one.</exception>
    Matrix Transform(Matrix input);
}
