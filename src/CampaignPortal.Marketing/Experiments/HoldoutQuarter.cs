using System.Globalization;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Marketing.Experiments;

/// <summary>A calendar quarter (UTC): whoever is held out of everything in one takes part again in the next.</summary>
/// <param name="Number">1 to 4.</param>
public readonly record struct HoldoutQuarter(int Year, int Number)
{
    public static HoldoutQuarter Of(DateTimeOffset at) => new(at.UtcDateTime.Year, (at.UtcDateTime.Month + 2) / 3);

    public DateTimeOffset Begin => new(Year, Number * 3 - 2, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The first moment of the next one.</summary>
    public DateTimeOffset End => Begin.AddMonths(3);

    public HoldoutQuarter Before => Of(Begin.AddTicks(-1));

    /// <summary>In [0, 1): a customer below the share is held out.</summary>
    public double DrawOf(string customer) => StableHash.ToUnit(Seed, customer);

    // It names the quarter, so that every quarter draws other people.
    private string Seed => string.Create(CultureInfo.InvariantCulture, $"global-holdout-{Year}-q{Number}");
}
