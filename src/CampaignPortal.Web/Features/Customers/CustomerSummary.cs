using CampaignPortal.Marketing.Insights;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Features.Customers;

/// <summary>Two to four sentences about a customer, by rules from facts: no model writes them, so each can be checked against the page.</summary>
public static class CustomerSummary
{
    private const int MaxCount = 4;
    private const double Notable = 1.5;

    /// <summary>The first sentence is the one to read.</summary>
    public static IReadOnlyList<string> Of(CustomerPage customer, string currency, TimeZoneInfo zone)
    {
        if (customer.OrderCount == 0 || customer.LastOrderAt is not { } last) return WithoutOrder(customer, zone);
        var sentences = new List<string> { Rhythm(customer), LastOrder(customer, last) };
        if (customer.Favourites.Count > 0) sentences.Add(Say.With(Words.SummaryFavourites, ("names", string.Join(Words.And, customer.Favourites))));
        if (Comparison(customer, currency) is { } comparison) sentences.Add(comparison);
        if (Returns(customer, currency) is { } returns) sentences.Add(returns);
        if (Worth(customer) is { } worth) sentences.Add(worth);
        return [.. sentences.Take(MaxCount)];
    }

    private static List<string> WithoutOrder(CustomerPage customer, TimeZoneInfo zone)
    {
        var sentences = new List<string> { Words.SummaryNoOrder };
        if (customer.FirstSeenAt is { } seen) sentences.Add(Say.With(Words.SummaryKnownSince, ("month", Figures.Month(seen, zone))));
        return sentences;
    }

    private static string Rhythm(CustomerPage customer) => customer.UsualGap is { } gap
        ? Say.With(Words.SummaryRhythm, ("rhythm", Say.Rhythm(gap)))
        : Say.With(customer.OrderCount == 1 ? Words.SummaryOneOrder : Words.SummarySameDay, ("count", Figures.Count(customer.OrderCount)));

    private static string LastOrder(CustomerPage customer, DateTimeOffset last)
    {
        var since = customer.AsOf - last;
        var sentence = customer.UsualGap is { } gap && since > gap * Notable && since > TimeSpan.FromDays(14) ? Words.SummaryLastOrderLate : Words.SummaryLastOrder;
        return Say.With(sentence, ("time", Say.Duration(since)));
    }

    private static string? Comparison(CustomerPage customer, string currency)
    {
        if (customer is not { AverageOrder: { } own, ShopAverageOrder: { } shop } || shop <= 0 || own <= 0) return null;
        var ratio = (double)(own / shop);
        if (ratio < Notable && ratio > 1 / Notable) return null;
        return Say.With(ratio > 1 ? Words.SummarySpendsMore : Words.SummarySpendsLess, ("own", Rounded(own, currency)), ("shop", Rounded(shop, currency)));
    }

    private static string? Returns(CustomerPage customer, string currency)
    {
        var ordered = customer.Spent + customer.Returned;
        return ordered > 0 && customer.Returned / ordered >= 0.1m
            ? Say.With(Words.SummaryReturns, ("returned", Rounded(customer.Returned, currency)), ("ordered", Rounded(ordered, currency)))
            : null;
    }

    private static string? Worth(CustomerPage customer) => customer.Prediction(ModelNames.LifetimeValue) is { Percentile: >= 0.8 } value
        ? Say.With(Words.SummaryTopValue, ("share", Figures.Count(value.Percentile >= 0.9 ? 10 : 20)))
        : null;

    private static string Rounded(decimal amount, string currency) => Figures.Money(decimal.Round(amount), currency);
}
