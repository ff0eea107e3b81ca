using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Calibration;

/// <summary>Divides logits by one temperature that minimises the log-loss of their softmax (Guo et al. 2017). The order of classes never changes.</summary>
public sealed class TemperatureCalibrator : ICalibrator, IStorable<TemperatureCalibrator>
{
    private TemperatureCalibrator(double temperature) => Temperature = temperature;

    /// <inheritdoc/>
    public static string Kind => "temperature";

    /// <summary>Above 1 softens probabilities, below 1 sharpens them; kept in [0.01, 100].</summary>
    public double Temperature { get; }

    /// <summary>Log-loss after scaling, on the rows of the fit; NaN after loading.</summary>
    public double LogLoss { get; private init; } = double.NaN;

    /// <summary>Fits the temperature on logits (rows × classes) and class numbers from 0.</summary>
    /// <remarks>The loss is convex in 1/T: its derivative is bisected.</remarks>
    public static TemperatureCalibrator Fit(Matrix logits, ReadOnlySpan<int> labels)
    {
        logits.RequireFinite("check the model that made the logits");
        if (labels.IsEmpty || labels.Length != logits.RowCount) throw new ArgumentException($"{logits.RowCount} rows need as many labels, at least one; got {labels.Length}.", nameof(labels));
        double low = 0.01, high = 100; // of 1/T
        for (var i = 0; i < 200 && high - low > 1e-13 * high; i++)
        {
            var middle = Math.Sqrt(low * high);
            if (Evaluate(logits, labels, middle).Slope > 0) high = middle;
            else low = middle;
        }
        var inverse = Math.Sqrt(low * high);
        return new TemperatureCalibrator(1 / inverse) { LogLoss = Evaluate(logits, labels, inverse).Loss };
    }

    /// <summary>Fits on the log-odds of a binary classifier.</summary>
    public static TemperatureCalibrator Fit(ReadOnlySpan<double> logOdds, ReadOnlySpan<float> labels)
    {
        var logits = new Matrix(logOdds.Length, 2);
        for (var i = 0; i < logOdds.Length; i++) logits[i, 1] = (float)logOdds[i];
        return Fit(logits, Array.ConvertAll(labels.ToArray(), l => l == 1 ? 1 : 0));
    }

    /// <inheritdoc/>
    public double Calibrate(double score) => 1 / (1 + Math.Exp(-score / Temperature));

    /// <inheritdoc/>
    public void Store(ModelPart part) => part.Put("temperature", new[] { Temperature });

    /// <inheritdoc/>
    public static TemperatureCalibrator Restore(ModelPart part) => new(part.Get<double>("temperature", 1)[0]);

    private static (double Loss, double Slope) Evaluate(Matrix logits, ReadOnlySpan<int> labels, double inverse)
    {
        double loss = 0, slope = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            var row = logits.Row(i);
            double most = double.NegativeInfinity, sum = 0, mean = 0;
            foreach (var v in row) most = Math.Max(most, v);
            foreach (var v in row)
            {
                var e = Math.Exp((v - most) * inverse);
                sum += e;
                mean += e * v;
            }
            loss += Math.Log(sum) - (row[labels[i]] - most) * inverse;
            slope += mean / sum - row[labels[i]];
        }
        return (loss / labels.Length, slope / labels.Length);
    }
}
