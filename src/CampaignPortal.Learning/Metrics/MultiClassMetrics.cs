using CampaignPortal.Learning.Data;

namespace CampaignPortal.Learning.Metrics;

/// <summary>Measures of class probabilities (rows × classes) against class numbers from 0. The predicted class is the most probable one, ties to the lower number.</summary>
public static class MultiClassMetrics
{
    /// <summary>Mean of −ln(probability of the true class).</summary>
    public static double LogLoss(ReadOnlySpan<int> labels, Matrix probabilities)
    {
        Check(labels, probabilities);
        double sum = 0;
        for (var i = 0; i < labels.Length; i++) sum -= Math.Log(Math.Max(1e-15, probabilities[i, labels[i]]));
        return sum / labels.Length;
    }

    /// <summary>Counts [true class, predicted class].</summary>
    public static int[,] Confusion(ReadOnlySpan<int> labels, Matrix probabilities)
    {
        Check(labels, probabilities);
        var counts = new int[probabilities.ColumnCount, probabilities.ColumnCount];
        for (var i = 0; i < labels.Length; i++)
        {
            var (row, best) = (probabilities.Row(i).ToArray(), 0);
            for (var j = 1; j < row.Length; j++) if (row[j] > row[best]) best = j;
            counts[labels[i], best]++;
        }
        return counts;
    }

    /// <summary>Share of right predictions.</summary>
    public static double Accuracy(int[,] confusion) => Enumerable.Range(0, confusion.GetLength(0)).Sum(k => (double)confusion[k, k]) / confusion.Cast<int>().Sum();

    /// <summary>Mean F1 over the classes that occur among labels or predictions.</summary>
    public static double MacroF1(int[,] confusion)
    {
        var (sum, used) = (0.0, 0);
        for (var k = 0; k < confusion.GetLength(0); k++)
        {
            var (truth, predicted) = Margins(confusion, k);
            if (truth + predicted == 0) continue;
            sum += 2.0 * confusion[k, k] / (truth + predicted);
            used++;
        }
        return sum / used;
    }

    /// <summary>Cohen's kappa: agreement beyond chance.</summary>
    public static double Kappa(int[,] confusion)
    {
        double n = confusion.Cast<int>().Sum(), expected = 0;
        for (var k = 0; k < confusion.GetLength(0); k++)
        {
            var (truth, predicted) = Margins(confusion, k);
            expected += truth / n * (predicted / n);
        }
        return expected < 1 ? (Accuracy(confusion) - expected) / (1 - expected) : 1;
    }

    /// <summary>Mean over the classes of the AUC of that class against all others; classes that do not occur are left out.</summary>
    public static double AucOneVersusRest(ReadOnlySpan<int> labels, Matrix probabilities)
    {
        Check(labels, probabilities);
        var (sum, used) = (0.0, 0);
        for (var k = 0; k < probabilities.ColumnCount; k++)
        {
            var own = Array.ConvertAll(labels.ToArray(), l => l == k ? 1f : 0f);
            if (!own.Contains(1f) || !own.Contains(0f)) continue;
            sum += BinaryMetrics.Auc(own, probabilities.Column(k));
            used++;
        }
        return used > 0 ? sum / used : throw new ArgumentException("All rows have one class; an AUC needs two.", nameof(labels));
    }

    private static (int Truth, int Predicted) Margins(int[,] confusion, int k)
    {
        var (truth, predicted) = (0, 0);
        for (var j = 0; j < confusion.GetLength(0); j++) (truth, predicted) = (truth + confusion[k, j], predicted + confusion[j, k]);
        return (truth, predicted);
    }

    private static void Check(ReadOnlySpan<int> labels, Matrix probabilities)
    {
        if (labels.IsEmpty || labels.Length != probabilities.RowCount) throw new ArgumentException($"{probabilities.RowCount} rows need as many labels, at least one; got {labels.Length}.", nameof(labels));
        foreach (var label in labels) if (label < 0 || label >= probabilities.ColumnCount) throw new ArgumentException($"Class {label} has no column of probabilities.", nameof(labels));
    }
}
