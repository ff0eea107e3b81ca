namespace CampaignPortal.Marketing.DataQuality;

/// <summary>A check of now, before it gets its day.</summary>
/// <param name="RowCount">Rows that were looked at; a check of none says nothing and is left out.</param>
internal sealed record FoundCheck(string Table, string Source, string Field, QualityRule Rule, QualityState State, double Measured, double Limit, long RowCount)
{
    /// <summary>A share of bad rows against what is tolerated.</summary>
    /// <param name="limit">Above it somebody should look.</param>
    /// <param name="severeLimit">Above it what depends on the table waits; null is never.</param>
    public static FoundCheck Share(string table, string source, string field, QualityRule rule, long bad, long all, double limit, double? severeLimit = null)
    {
        var share = all is 0 ? 0 : (double)bad / all;
        var state = share > severeLimit ? QualityState.Severe : share > limit ? QualityState.Warning : QualityState.Passed;
        return new FoundCheck(table, source, field, rule, state, share, limit, all);
    }
}
