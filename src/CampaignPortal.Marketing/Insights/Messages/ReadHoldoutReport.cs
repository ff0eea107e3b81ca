using CampaignPortal.Marketing.Experiments;
using CampaignPortal.Marketing.Settings;
using CampaignPortal.Statistics;
using CampaignPortal.Statistics.Experiments;
using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Marketing.Insights.Messages;

/// <param name="IsBefore">The quarter before the running one.</param>
public sealed record ReadHoldoutReport(bool IsBefore);

/// <summary>What it takes to see an effect with 80 % power at 5 % error.</summary>
/// <param name="Lift">Relative change of the share of people who order.</param>
/// <param name="People">Held out, for one quarter to be enough.</param>
/// <param name="Months">With as many people held out as now; more than one quarter is counted in whole ones.</param>
public sealed record HoldoutPlan(double Lift, long People, long Months);

/// <summary>What all campaigns of a quarter caused together: people who may receive them against the people held out of everything.</summary>
/// <param name="IsOff">Nobody is held out now, so nobody will be measured.</param>
/// <param name="Effect">Share of people who ordered, and money per person up to the cap.</param>
/// <param name="OrdersPerPerson">Difference of the number of orders of a person; null below the minimum counts.</param>
/// <param name="IncrementalOrders">More orders in all; null as above.</param>
/// <param name="Attributed">Messages of the quarter, with orders and money after their clicks.</param>
/// <param name="Plans">By lift, ascending; empty while nothing is known of how often people order.</param>
public sealed record HoldoutReport(
    HoldoutBook Book, bool IsRunning, bool IsOff, HoldoutEffect Effect, Estimate? OrdersPerPerson, Estimate? IncrementalOrders, MessageSums Attributed, IReadOnlyList<HoldoutPlan> Plans, DateTimeOffset AsOf)
{
    /// <summary>Money per person as it is, without <see cref="HoldoutBook.Cap"/>.</summary>
    public HoldoutEffect? Uncapped { get; init; }

    /// <summary>Somebody was held out through the whole quarter.</summary>
    public bool IsMeasured => Book.Shares.Lowest > 0;

    /// <summary>No campaign went out, so a difference is chance.</summary>
    public bool IsSilent => Attributed.Sent is 0;
}

/// <summary>Compares the two groups of a <see cref="HoldoutBook"/>; everybody counts as drawn, whether or not a message came.</summary>
public sealed class ReadHoldoutReportHandler(HoldoutBooks books, MessageBooks messages, SettingsHandler settings, TimeProvider clock)
{
    private const int MonthsOfQuarter = 3;
    private static readonly double[] Lifts = [0.05, 0.1, 0.2];

    public async Task<HoldoutReport> HandleAsync(ReadHoldoutReport query, CancellationToken ct)
    {
        var book = await books.ReadAsync(query.IsBefore, ct);
        var share = (await settings.ReadAsync([KnownSettings.GlobalHoldout], ct))[KnownSettings.GlobalHoldout];
        var (first, end) = (DateOnly.FromDateTime(book.Quarter.Begin.UtcDateTime), DateOnly.FromDateTime(book.Quarter.End.UtcDateTime));
        var attributed = (await messages.ReadAsync(ct)).Sum(c => c.Day >= first && c.Day < end);
        var effect = HoldoutEffect.Of(book.Treated.Capped, book.Holdout.Capped, costs: null, margin: null);
        var perPerson = effect.Orders.Absolute is null ? null : OrdersPerPerson(book);
        Estimate? orders = perPerson is { } each ? HoldoutEffect.Scale(each, book.Treated.Sums.Exposed) : null;
        return new HoldoutReport(book, !query.IsBefore, share is "0", effect, perPerson, orders, attributed, Plans(book), clock.GetUtcNow())
        {
            Uncapped = HoldoutEffect.Of(book.Treated.Sums, book.Holdout.Sums, costs: null, margin: null),
        };
    }

    private static Estimate? OrdersPerPerson(HoldoutBook book)
    {
        var compared = WelchTest.Compare(Statistic(book.Holdout), Statistic(book.Treated));
        return compared.IsOk ? compared.Value.Effect : null;
    }

    private static MeanStatistic Statistic(HoldoutArm arm) => new(arm.Sums.Exposed, arm.OrderCount, arm.OrderSquares);

    private static IReadOnlyList<HoldoutPlan> Plans(HoldoutBook book)
    {
        if (book is not { MonthlyShare: { } monthly, Treated.Sums.Exposed: > 0 and var treated, Holdout.Sums.Exposed: > 0 and var holdout }) return [];
        return [.. Lifts.Select(lift => PlanOf(monthly, lift, treated, holdout)).OfType<HoldoutPlan>()];
    }

    // A person counts once in a quarter, however long it is watched; the next quarter draws anew, so its people come on top.
    private static HoldoutPlan? PlanOf(double monthly, double lift, long treated, long holdout)
    {
        if (NeededIn(MonthsOfQuarter) is not { } people) return null;
        if (people > holdout) return new HoldoutPlan(lift, people, MonthsOfQuarter * ((people + holdout - 1) / holdout));
        return new HoldoutPlan(lift, people, Enumerable.Range(1, MonthsOfQuarter).First(months => months is MonthsOfQuarter || NeededIn(months) <= holdout));

        long? NeededIn(int months)
        {
            var share = 1 - Math.Pow(1 - monthly, months);
            var needed = PowerAnalysis.ForUnequalProportions(share, share * (1 + lift), (double)treated / holdout);
            return needed.IsOk ? (long)Math.Ceiling(needed.Value.Control) : null;
        }
    }
}
