using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Linear;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Trees;

namespace CampaignPortal.Marketing.Predictions.Propensity;

/// <summary>A logistic regression, a network, boosted trees, or the mean of those that are there: log-odds of "yes" for rows that are prepared already. Immutable.</summary>
public sealed class Scorer : IStorable<Scorer>
{
    public const string Linear = "logistic", Network = "mlp", Trees = "gbdt", Blend = "blend";

    private readonly LogisticModel? _linear;
    private readonly MlpModel? _network;
    private readonly GbdtModel? _trees;
    private readonly int _count;

    /// <exception cref="ArgumentException">No model is given.</exception>
    public Scorer(LogisticModel? linear = null, MlpModel? network = null, GbdtModel? trees = null)
    {
        (_linear, _network, _trees) = (linear, network, trees);
        _count = (linear is null ? 0 : 1) + (network is null ? 0 : 1) + (trees is null ? 0 : 1);
        if (_count == 0) throw new ArgumentException("A scorer needs a model.", nameof(linear));
    }

    /// <summary>Name of the estimator for the registry.</summary>
    public string EstimatorName => _count > 1 ? Blend : _linear is not null ? Linear : _network is not null ? Network : Trees;

    public static string Kind => "propensity-scorer";

    /// <summary>Log-odds that explanations start from.</summary>
    public double AverageLogOdds => ((_linear?.AverageLogOdds ?? 0) + (_network?.AverageLogOdds ?? 0) + (_trees?.AverageRaw ?? 0)) / _count;

    public double[] LogOdds(Matrix rows)
    {
        var sums = new double[rows.RowCount];
        var network = new float[rows.RowCount];
        _network?.LogOddsMany(rows, network);
        for (var i = 0; i < sums.Length; i++)
        {
            var row = rows.Row(i);
            sums[i] = ((_linear?.LogOdds(row) ?? 0) + network[i] + (_trees?.Raw(row) ?? 0)) / _count;
        }
        return sums;
    }

    /// <summary>What each column adds to the log-odds; the sum is log-odds − <see cref="AverageLogOdds"/>.</summary>
    public double[] Explain(ReadOnlySpan<float> row)
    {
        var contributions = new double[row.Length];
        Add(contributions, _linear?.Explain(row));
        Add(contributions, _network?.Explain(row));
        Add(contributions, _trees?.Explain(row));
        return contributions;
    }

    private void Add(double[] sums, double[]? own)
    {
        for (var j = 0; own is not null && j < sums.Length; j++) sums[j] += own[j] / _count;
    }

    public void Store(ModelPart part)
    {
        if (_linear is not null) part.PutPart("linear", _linear);
        if (_network is not null) part.PutPart("network", _network);
        if (_trees is not null) part.PutPart("trees", _trees);
    }

    public static Scorer Restore(ModelPart part)
    {
        try
        {
            return new Scorer(
                part.KindOf("linear") is null ? null : part.GetPart<LogisticModel>("linear"),
                part.KindOf("network") is null ? null : part.GetPart<MlpModel>("network"),
                part.KindOf("trees") is null ? null : part.GetPart<GbdtModel>("trees"));
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException("A propensity holds no model.", e);
        }
    }
}
