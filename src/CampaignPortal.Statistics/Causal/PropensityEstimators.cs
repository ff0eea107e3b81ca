using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Statistics.Causal;

/// <summary>Rows of an observational comparison.</summary>
/// <param name="Outcome">What happened.</param>
/// <param name="Treatment">0 or 1.</param>
/// <param name="Propensity">Estimated probability of treatment, in (0, 1).</param>
/// <param name="ControlModel">Predicted outcome without treatment.</param>
/// <param name="TreatmentModel">Predicted outcome with treatment.</param>
public sealed record ObservationalData(double[] Outcome, double[] Treatment, double[] Propensity, double[] ControlModel, double[] TreatmentModel);

/// <summary>Average effects on everybody (ate) and on the treated (att).</summary>
/// <param name="AteIpw">Horvitz-Thompson.</param>
/// <param name="AteHajek">With weights normalised in each arm.</param>
/// <param name="AttIpw">Controls weighted by e/(1−e), over the number treated.</param>
/// <param name="AttHajek">The same with normalised weights.</param>
/// <param name="AteAipw">Augmented by the outcome models; right when either model is.</param>
/// <param name="AteAipwStandardError">From the influence function; null for a single row.</param>
/// <param name="AttAipw">The same on the treated.</param>
/// <param name="EffectiveSampleSizeTreated">(Σ w)²/Σ w² of the treated.</param>
/// <param name="EffectiveSampleSizeControl">The same of the controls.</param>
public sealed record PropensityEffects(
    double AteIpw, double AteHajek, double AttIpw, double AttHajek, double AteAipw, double? AteAipwStandardError, double AttAipw,
    double EffectiveSampleSizeTreated, double EffectiveSampleSizeControl);

/// <summary>Effects of what was not randomised, under the assumption that everything that drove the treatment was measured.</summary>
/// <remarks>Horvitz and Thompson 1952; Hájek 1971; Robins, Rotnitzky and Zhao 1994. O(n).</remarks>
public static class PropensityEstimators
{
    /// <summary>All estimators at once.</summary>
    public static Outcome<PropensityEffects> Evaluate(ObservationalData data)
    {
        var (y, t, e, m0, m1) = (data.Outcome, data.Treatment, data.Propensity, data.ControlModel, data.TreatmentModel);
        if ((InputChecks.SameLength(y.Length, t.Length, e.Length, m0.Length, m1.Length) ?? ArmChecks.Finite(y) ?? ArmChecks.Finite(m0) ?? ArmChecks.Finite(m1)
            ?? InputChecks.Binary(t) ?? InputChecks.Propensities(e)) is { } problem)
            return problem;
        if (y.Length is 0) return Refusal.Insufficient(Reasons.NoUnits);
        if (!t.Contains(0) || !t.Contains(1)) return Refusal.Insufficient(Reasons.SingleGroup);
        var n = y.Length;
        Weighted treated = default, controls = default, odds = default;
        double treatedSum = 0, treatedCount = 0, attAugmented = 0;
        var influence = new double[n];
        for (var i = 0; i < n; i++)
        {
            var ratio = e[i] / (1 - e[i]);
            if (t[i] is 1)
            {
                treated.Add(1 / e[i], y[i]);
                treatedSum += y[i];
                treatedCount++;
                attAugmented += y[i] - m0[i];
            }
            else
            {
                controls.Add(1 / (1 - e[i]), y[i]);
                odds.Add(ratio, y[i]);
                attAugmented -= ratio * (y[i] - m0[i]);
            }
            influence[i] = m1[i] - m0[i] + t[i] * (y[i] - m1[i]) / e[i] - (1 - t[i]) * (y[i] - m0[i]) / (1 - e[i]);
        }
        var augmented = Moments.Of(influence);
        return new PropensityEffects(
            (treated.Sum - controls.Sum) / n, treated.Mean - controls.Mean,
            (treatedSum - odds.Sum) / treatedCount, treatedSum / treatedCount - odds.Mean,
            augmented.Mean, n > 1 ? Math.Sqrt(augmented.Variance / n) : null, attAugmented / treatedCount,
            treated.EffectiveCount, controls.EffectiveCount);
    }

    private struct Weighted
    {
        private double _weight, _squares;

        public double Sum { get; private set; }

        public readonly double Mean => Sum / _weight;

        public readonly double EffectiveCount => _weight * _weight / _squares;

        public void Add(double weight, double value)
        {
            Sum += weight * value;
            _weight += weight;
            _squares += weight * weight;
        }
    }
}
