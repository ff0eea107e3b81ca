using CampaignPortal.Marketing.Insights;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Features.Customers;

/// <summary>A column of the customer list beside the name, which is always there.</summary>
/// <param name="Key">Name in the preference and in the markup.</param>
/// <param name="Sort">What its heading orders by; null where no order makes sense.</param>
/// <param name="IsNumber">Right-aligned.</param>
public sealed record CustomerColumn(string Key, CustomerSort? Sort, bool IsNumber, Func<string> Title)
{
    public static IReadOnlyList<CustomerColumn> All { get; } =
    [
        new("stage", null, false, () => CustomersWords.ColumnStage),
        new("lastorder", CustomerSort.LastOrder, true, () => CustomersWords.ColumnLastOrder),
        new("orders", CustomerSort.Orders, true, () => CustomersWords.ColumnOrders),
        new("spent", CustomerSort.Spent, true, () => CustomersWords.ColumnSpent),
        new("expected", CustomerSort.Expected, true, () => CustomersWords.ColumnExpected),
        new("purchase", CustomerSort.Purchase, true, () => CustomersWords.ColumnPurchase),
        new("leave", CustomerSort.Leave, true, () => CustomersWords.ColumnLeave),
        new("consent", null, false, () => CustomersWords.ColumnConsent),
        new("lastseen", CustomerSort.LastSeen, true, () => CustomersWords.ColumnLastSeen),
        new("since", CustomerSort.Since, true, () => CustomersWords.ColumnSince),
        new("country", null, false, () => CustomersWords.ColumnCountry),
        new("segment", null, false, () => CustomersWords.ColumnSegment),
    ];

    /// <summary>What a person sees before choosing.</summary>
    public static IReadOnlyList<CustomerColumn> Default { get; } = [.. All.Take(8)];

    /// <summary>The columns of a preference, in its order; the default for none or nonsense.</summary>
    public static IReadOnlyList<CustomerColumn> Parse(string? keys)
    {
        var chosen = (keys ?? "").Split(',').Select(key => All.FirstOrDefault(c => c.Key == key)).OfType<CustomerColumn>().Distinct().ToArray();
        return chosen.Length > 0 ? chosen : Default;
    }

    public static string Write(IEnumerable<CustomerColumn> columns) => string.Join(',', columns.Select(c => c.Key));

    /// <summary>The cell as a file writes it: plain, in the invariant culture, so that a program can read it.</summary>
    public string Text(CustomerRow row, IReadOnlyDictionary<int, string> segments)
    {
        static string Day(DateTimeOffset? at) => at?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) ?? "";
        static string Number(double? value) => value?.ToString("0.####", System.Globalization.CultureInfo.InvariantCulture) ?? "";
        return Key switch
        {
            "stage" => Vocabulary.Stage(row.LifeStage),
            "lastorder" => Day(row.LastOrderAt),
            "orders" => row.OrderCount.ToString(System.Globalization.CultureInfo.InvariantCulture),
            "spent" => row.Spent.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture),
            "expected" => Number(row.Expected?.Value),
            "purchase" => Number(row.Purchase?.Value),
            "leave" => Number(row.Leave?.Value),
            "consent" => string.Join("; ", row.Consents.Select(c => Say.With(c.IsGranted ? Words.ChannelYes : Words.ChannelNo, ("channel", Vocabulary.Channel(c.Channel))))),
            "lastseen" => Day(row.LastSeenAt),
            "since" => Day(row.FirstOrderAt),
            "country" => row.Country ?? "",
            _ => row.Segment is { } number && segments.TryGetValue(number, out var name) ? name : "",
        };
    }
}
