namespace CampaignPortal.Learning.Ctr;

/// <summary>Sizes of the inputs of a click model.</summary>
/// <param name="DenseCount">Numbers per row.</param>
/// <param name="FieldSizes">Categories of each field; a row holds one of each.</param>
public sealed record CtrInputs(int DenseCount, IReadOnlyList<int> FieldSizes)
{
    internal int CategoryCount => FieldSizes.Sum();

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(DenseCount, "inputs.DenseCount");
        if (FieldSizes.Count == 0 || FieldSizes.Any(size => size < 1)) throw new ArgumentException($"At least one field of at least one category is due; got [{string.Join(", ", FieldSizes)}].", "inputs.FieldSizes");
    }
}

/// <summary>Rows of numbers and one category per field, with a 0/1 label each.</summary>
/// <param name="Dense">rows × numbers, finite.</param>
/// <param name="Categories">rows × fields: the category's number within its field.</param>
/// <param name="Labels">0 or 1 per row.</param>
public sealed record CtrRows(float[] Dense, int[] Categories, float[] Labels)
{
    internal void Check(CtrInputs inputs)
    {
        var rows = Labels.Length;
        if (Dense.Length != rows * inputs.DenseCount || Categories.Length != rows * inputs.FieldSizes.Count)
            throw new ArgumentException($"{rows} rows need {rows * inputs.DenseCount} numbers and {rows * inputs.FieldSizes.Count} categories; got {Dense.Length} and {Categories.Length}.");
        for (var i = 0; i < Dense.Length; i++) if (!float.IsFinite(Dense[i])) throw new ArgumentException($"Number {i % inputs.DenseCount} of row {i / inputs.DenseCount} is {Dense[i]}; fill gaps first.");
        for (var i = 0; i < Categories.Length; i++)
        {
            var field = i % inputs.FieldSizes.Count;
            if ((uint)Categories[i] >= (uint)inputs.FieldSizes[field]) throw new ArgumentException($"Row {i / inputs.FieldSizes.Count} names category {Categories[i]} of field {field}, which has {inputs.FieldSizes[field]}.");
        }
    }
}

/// <summary>How a click model lets features act on each other.</summary>
public enum CtrArchitecture
{
    /// <summary>Factorisation machine (Rendle 2010): weights and pairwise products of vectors.</summary>
    FactorizationMachine,

    /// <summary>Weights beside a network over the vectors (Cheng et al. 2016).</summary>
    WideAndDeep,

    /// <summary>Factorisation machine beside a network over the same vectors (Guo et al. 2017).</summary>
    DeepFm,

    /// <summary>Residual units over the vectors (Shan et al. 2016).</summary>
    DeepCrossing,

    /// <summary>Cross layers with matrices beside a network: DCN-v2 (Wang et al. 2021).</summary>
    CrossNetwork,
}

/// <summary>Options of <see cref="CtrClassifier"/>.</summary>
public sealed record CtrOptions
{
    /// <summary>Kind of network. Default DeepFM.</summary>
    public CtrArchitecture Architecture { get; init; } = CtrArchitecture.DeepFm;

    /// <summary>Length of the vectors of categories. Default 16.</summary>
    public int Dimension { get; init; } = 16;

    /// <summary>Widths of the network's layers (of the inner layers of residual units). Default 128 and 64.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [128, 64];

    /// <summary>Cross layers of <see cref="CtrArchitecture.CrossNetwork"/>. Default 2.</summary>
    public int CrossLayers { get; init; } = 2;

    /// <summary>Share of hidden values dropped in training. Default 0.</summary>
    public double Dropout { get; init; }

    /// <summary>How training runs. Default: AdamW, lazy on tables, 1e-3, batches of 512, up to 15 epochs with a patience of 2.</summary>
    public Training.TrainingOptions Training { get; init; } = new() { BatchSize = 512, MaxEpochs = 15, Patience = 2 };

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Dimension, "options.Dimension");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(CrossLayers, "options.CrossLayers");
        if (Hidden.Count == 0 || Hidden.Any(h => h < 1)) throw new ArgumentException($"At least one layer of width 1 or more is due; got [{string.Join(", ", Hidden)}].", "options.Hidden");
        if (!(Dropout is >= 0 and < 1)) throw new ArgumentOutOfRangeException("options.Dropout", Dropout, "Dropout must lie in [0, 1).");
        Training.Validate();
    }
}
