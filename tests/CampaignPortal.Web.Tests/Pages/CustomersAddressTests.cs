using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Web.Features.Customers;
using Microsoft.AspNetCore.WebUtilities;

namespace CampaignPortal.Web.Tests.Pages;

public sealed class CustomersAddressTests
{
    [Fact]
    public void An_address_means_the_query_that_made_it()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var rng = new Rng(seed);
            T? Maybe<T>(T value) where T : struct => rng.NextDouble() < 0.5 ? value : null;
            int Up(int to) => 1 + (int)(rng.NextDouble() * to);
            var query = new ListCustomers(
                rng.NextDouble() < 0.3 ? "lena & co. 100%" : null,
                new CustomerFilter
                {
                    Stage = Maybe((LifeStage)(Up(5) - 1)), Segment = Maybe(Up(9) - 1), Consent = rng.NextDouble() < 0.5 ? "sms" : null, Country = rng.NextDouble() < 0.5 ? "Côte d’Ivoire" : null,
                    LastOrderWithinDays = Maybe(Up(400)), NoOrderForDays = Maybe(Up(400)), Tenth = Maybe(Up(10)), Recency = Maybe(Up(5)), Frequency = Maybe(Up(5)), LeaveAtLeast = Maybe(Up(99)), BuyAtLeast = Maybe(Up(99)),
                    AssignedTo = Maybe((long)Up(50)),
                },
                (CustomerSort)(Up(8) - 1), rng.NextDouble() < 0.5, rng.NextDouble() < 0.5 ? "k_12_7" : null);
            var read = QueryHelpers.ParseQuery(CustomersAddress.QueryOf(query));
            Assert.Equal(query, CustomersAddress.Read(name => read.TryGetValue(name, out var value) ? value.ToString() : null));
        }
    }

    [Theory]
    [InlineData("stage=99&segment=-1&tenth=11&rfm=9-9&sort=nothing&consent=fax&ordered=abc"), InlineData("rfm=5"), InlineData("tenth=1e9"), InlineData("stage=%00")]
    public void What_an_address_cannot_mean_is_left_out(string text)
    {
        var read = QueryHelpers.ParseQuery(text);
        Assert.True(CustomersAddress.Read(name => read.TryGetValue(name, out var value) ? value.ToString() : null).Filter.IsEmpty);
    }
}
