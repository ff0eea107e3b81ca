using System.Globalization;
using CampaignPortal.Marketing.Predictions.LifetimeValue;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Components.Shared;

/// <summary>Months of the shop's calendar as people write them.</summary>
public static class MonthWords
{
    /// <summary>"Nov 2025".</summary>
    public static string Of(MonthNumber month) => DateOnly.FromDayNumber(month.FirstDay).ToString(Words.FormatMonth, CultureInfo.CurrentCulture);

    /// <summary>"November 2025".</summary>
    public static string InFull(DateOnly month) => month.ToString(Words.FormatMonthInFull, CultureInfo.CurrentCulture);
}
