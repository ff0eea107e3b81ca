using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Experiments;
using CampaignPortal.Statistics.Distributions;

namespace CampaignPortal.Marketing.Campaigns;

/// <summary>Where a figure lies in 8 of 10 cases.</summary>
public sealed record ExpectedRange(double Low, double High);

/// <summary>What a campaign of a size can be expected to bring.</summary>
/// <param name="Clicks">People who click; null while fewer than three campaigns can be compared, as for the others.</param>
/// <param name="Orders">People who order, whether or not because of the campaign.</param>
/// <param name="Revenue">In the reporting currency, within the window of revenue.</param>
/// <param name="CampaignCount">Campaigns that the ranges come from.</param>
public sealed record Expectation(ExpectedRange? Clicks, ExpectedRange? Orders, ExpectedRange? Revenue, int CampaignCount);

/// <summary>Looks at what the shop's last campaigns brought, and says what the next one of a size can be expected to bring.</summary>
public sealed class ExpectationReader(PortalDatabase database, TimeProvider clock)
{
    public const int MinCampaigns = 3;
    private const int LookedAt = 20, MinPeople = 200;
    private const double InEightOfTen = 0.9; // the upper end: a tenth above, a tenth below

    // A day counts once the windows of its last message have closed: younger ones would lower every expectation.
    private const string Sql =
        "select sum(\"Sent\" - \"Bounced\"), sum(\"Clicked\"), sum(\"Assigned\"), sum(\"Ordered\"), sum(case when \"Day\" < @1 then \"Assigned\" else 0 end), sum(case when \"Day\" < @1 then \"Revenue\" else 0 end), "
        + "sum(case when \"Day\" < @1 then \"RevenueSquares\" else 0 end) from \"CampaignArmDays\" where \"VariantId\" > 0 and \"Day\" > 0 and \"Day\" < @0 group by \"CampaignId\" order by max(\"Day\") desc limit @2";

    /// <summary>What to expect with so many receivers; null without receivers.</summary>
    public Expectation? For(long receivers)
    {
        if (receivers <= 0) return null;
        var campaigns = Read();
        return new Expectation(
            RangeOf([.. campaigns.Where(c => c.Delivered >= MinPeople).Select(c => (c.Delivered, (double)c.Clicked, (double)c.Clicked))], receivers),
            RangeOf([.. campaigns.Where(c => c.People >= MinPeople).Select(c => (c.People, (double)c.Ordered, (double)c.Ordered))], receivers),
            RangeOf([.. campaigns.Where(c => c.RevenuePeople >= MinPeople).Select(c => (c.RevenuePeople, c.Revenue, c.RevenueSquares))], receivers),
            campaigns.Count(c => c.Delivered >= MinPeople));
    }

    // A prediction interval for one more campaign: how campaigns differ from each other, and how people differ within one.
    // The rates of campaigns are taken as a normal sample; the variance of a person is that of all people together.
    private static ExpectedRange? RangeOf(IReadOnlyList<(long People, double Sum, double Squares)> campaigns, long receivers)
    {
        if (campaigns.Count < MinCampaigns) return null;
        var rates = campaigns.Select(c => c.Sum / c.People).ToArray();
        var mean = rates.Average();
        var between = rates.Sum(r => (r - mean) * (r - mean)) / (rates.Length - 1);
        var all = (People: (double)campaigns.Sum(c => c.People), Sum: campaigns.Sum(c => c.Sum), Squares: campaigns.Sum(c => c.Squares));
        var within = Math.Max(0, all.Squares / all.People - Math.Pow(all.Sum / all.People, 2));
        var reach = new StudentT(rates.Length - 1).Quantile(InEightOfTen) * Math.Sqrt(between * (1 + 1.0 / rates.Length) + within / receivers);
        return new ExpectedRange(Math.Max(0, mean - reach) * receivers, (mean + reach) * receivers);
    }

    private List<PastCampaign> Read()
    {
        var today = (int)(clock.GetUtcNow().Ticks / TimeSpan.TicksPerDay);
        using var connection = database.OpenReader();
        using var command = connection.Prepare(Sql, 3);
        command.Set(0, today - (int)OutcomeWindows.Orders.TotalDays);
        command.Set(1, today - (int)OutcomeWindows.Revenue.TotalDays);
        command.Set(2, LookedAt);
        using var reader = command.ExecuteReader();
        var campaigns = new List<PastCampaign>();
        while (reader.Read())
            campaigns.Add(new PastCampaign(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), (double)Stored.Amount(reader.GetInt64(5)), reader.GetDouble(6) / 10_000)); // hundredths squared
        return campaigns;
    }

    private sealed record PastCampaign(long Delivered, long Clicked, long People, long Ordered, long RevenuePeople, double Revenue, double RevenueSquares);
}
