using System.Globalization;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Testing;
using CampaignPortal.Web.Features.Customers;

namespace CampaignPortal.Web.Tests.Pages;

public sealed class CustomerSummaryTests
{
    private static readonly DateTimeOffset Now = ManualClock.Noon;

    public CustomerSummaryTests() => (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (CultureInfo.GetCultureInfo("en-GB"), CultureInfo.GetCultureInfo("en"));

    [Fact]
    public void A_regular_customer_is_told_by_rhythm_last_order_and_favourites() => Assert.Equal(
        ["Orders about every 6 weeks.", "Last order 23 days ago.", "Most often: Wool throw and Soy candle."],
        Sentences(Customer(12, firstDaysAgo: 474, lastDaysAgo: 23) with { Favourites = ["Wool throw", "Soy candle"] }));

    [Fact]
    public void An_overdue_customer_is_said_to_be_late() =>
        Assert.Contains("Last order 4 months ago, later than usual.", Sentences(Customer(10, firstDaysAgo: 400, lastDaysAgo: 120)));

    [Fact]
    public void Somebody_without_an_order_is_not_given_figures() => Assert.Equal(["Has not ordered yet.", "Known since Feb 2026."], Sentences(Customer(0, 0, 0) with { LastOrderAt = null, FirstOrderAt = null, UsualGap = null, FirstSeenAt = Now.AddDays(-20) }));

    [Fact]
    public void Returns_and_value_are_mentioned_when_they_are_notable()
    {
        var sentences = Sentences(Customer(6, 300, 20) with
        {
            Spent = 300, Returned = 100, AverageOrder = 66, ShopAverageOrder = 60,
            Predictions = [new CustomerPrediction(ModelNames.LifetimeValue, 1, 900, null, null, 0.95, null, Now, [])],
        });
        Assert.Contains("Returned €100 of €400 ordered.", sentences);
        Assert.Contains("Among the 10% of customers who are worth most in the next 12 months.", sentences);
    }

    [Fact]
    public void Never_more_than_four_sentences() => Assert.InRange(
        Sentences(Customer(9, 300, 200) with
        {
            Favourites = ["A"], Spent = 10, Returned = 90, AverageOrder = 10, ShopAverageOrder = 60,
            Predictions = [new CustomerPrediction(ModelNames.LifetimeValue, 1, 900, null, null, 0.95, null, Now, [])],
        }).Count, 2, 4);

    private static IReadOnlyList<string> Sentences(CustomerPage customer) => CustomerSummary.Of(customer, "EUR", TimeZoneInfo.Utc);

    private static CustomerPage Customer(int orders, int firstDaysAgo, int lastDaysAgo) => new(1, "20714", Now)
    {
        Contact = ContactData.Nothing, Traits = new Dictionary<string, string>(StringComparer.Ordinal), Orders = [], Consents = [], Predictions = [], Recommendations = [], Favourites = [],
        OrderCount = orders, FirstOrderAt = Now.AddDays(-firstDaysAgo), LastOrderAt = Now.AddDays(-lastDaysAgo),
        UsualGap = orders > 1 ? TimeSpan.FromDays((double)(firstDaysAgo - lastDaysAgo) / (orders - 1)) : null,
    };
}
