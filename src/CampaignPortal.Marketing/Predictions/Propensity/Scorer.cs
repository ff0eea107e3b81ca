using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Linear;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Marketing.Predictions.Propensity;

/// <summary>A logistic regression, a network, or both averaged: log-odds of "yes" for rows that are prepared already. Immutable.</summary>
public sealed class Scorer(LogisticModel? linear, MlpModel? network) : IStorable<Scorer>
{
    public const string Linear = "logistic", Network = "mlp", Both = "blend";

    /// <summary>Name of the estimator for the registry.</summary>
    public string EstimatorName => network is null ? Linear : linear is null ? Network : Both;

    public static string Kind => "propensity-scorer";

    /// <summary>Log-odds that explanations start from.</summary>
    public double AverageLogOdds => (linear, network) switch
    {
        ({ } l, { } n) => (l.AverageLogOdds + n.AverageLogOdds) / 2,
        ({ } l, null) => l.AverageLogOdds,
        (null, { } n) => n.AverageLogOdds,
        _ => throw new InvalidOperationException("A scorer needs a model."),
    };

    public double[] LogOdds(Matrix rows)
    {
        var sums = new double[rows.RowCount];
        if (linear is not null)
        {
            for (var i = 0; i < sums.Length; i++) sums[i] = linear.LogOdds(rows.Row(i));
        }
        if (network is null) return sums;
        var own = new float[rows.RowCount];
        network.LogOddsMany(rows, own);
        for (var i = 0; i < sums.Length; i++) sums[i] = linear is null ? own[i] : (sums[i] + own[i]) / 2;
        return sums;
    }

    /// <summary>What each column adds to the log-odds; the sum is log-odds − <see cref="AverageLogOdds"/>.</summary>
    public double[] Explain(ReadOnlySpan<float> row)
    {
        if (network is null) return linear!.Explain(row); // one of the two is there
        var contributions = network.Explain(row);
        if (linear is null) return contributions;
        var own = linear.Explain(row);
        for (var j = 0; j < contributions.Length; j++) contributions[j] = (contributions[j] + own[j]) / 2;
        return contributions;
    }

    public void Store(ModelPart part)
    {
        if (linear is not null) part.PutPart("linear", linear);
        if (network is not null) part.PutPart("network", network);
    }

    public static Scorer Restore(ModelPart part) => new(
        part.KindOf("linear") is null ? null : part.GetPart<LogisticModel>("linear"),
        part.KindOf("network") is null ? null : part.GetPart<MlpModel>("network"));
}
