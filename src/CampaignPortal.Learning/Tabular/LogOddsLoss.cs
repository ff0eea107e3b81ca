namespace CampaignPortal.Learning.Tabular;

/// <summary>Log-loss of log-odds, safe for large ones.</summary>
internal static class LogOddsLoss
{
    public static double Of(double logOdds, float label) => Math.Max(logOdds, 0) + Math.Log(1 + Math.Exp(-Math.Abs(logOdds))) - label * logOdds;

    public static double Mean(ReadOnlySpan<double> logOdds, ReadOnlySpan<float> labels)
    {
        double sum = 0;
        for (var i = 0; i < logOdds.Length; i++) sum += Of(logOdds[i], labels[i]);
        return sum / logOdds.Length;
    }
}
