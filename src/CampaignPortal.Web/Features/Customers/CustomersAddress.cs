using System.Globalization;
using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Insights;

namespace CampaignPortal.Web.Features.Customers;

/// <summary>The customer list in its address and back: whatever changes what is shown stands there.</summary>
public static class CustomersAddress
{
    private static readonly string[] Channels = ["email", "sms", "push", "none"];

    /// <summary>The query that the address means; what cannot be understood is left out, never refused.</summary>
    /// <param name="read">A parameter's text by its name, or null.</param>
    public static ListCustomers Read(Func<string, string?> read)
    {
        var sort = read("sort");
        var isAscending = sort?.EndsWith("-up", StringComparison.Ordinal) is true;
        var search = read("q");
        var (recency, frequency) = ReadCell(read("rfm"));
        return new ListCustomers(
            string.IsNullOrWhiteSpace(search) ? null : search.Trim(),
            new CustomerFilter
            {
                Stage = Known<LifeStage>(read("stage")),
                Segment = Number(read("segment"), 0, 10_000),
                Consent = read("consent") is { } channel && Channels.Contains(channel) ? channel : null,
                Country = read("country") is { Length: > 0 and <= 200 } country ? country : null,
                LastOrderWithinDays = Number(read("ordered"), 1, 36_500),
                NoOrderForDays = Number(read("silent"), 1, 36_500),
                Tenth = Number(read("tenth"), 1, 10),
                Recency = recency,
                Frequency = frequency,
                LeaveAtLeast = Number(read("leave"), 1, 99),
                BuyAtLeast = Number(read("buy"), 1, 99),
                AssignedTo = Number(read("owner"), 1, int.MaxValue),
            },
            Known<CustomerSort>(isAscending ? sort![..^3] : sort) ?? CustomerSort.LastOrder, // it ends with three known signs
            isAscending,
            read("after"));
    }

    public static string Of(ListCustomers query)
    {
        var text = QueryOf(query);
        return text.Length == 0 ? "/customers" : "/customers?" + text;
    }

    /// <summary>The list with these filters in its usual order.</summary>
    public static string Of(CustomerFilter filter) => Of(new ListCustomers(null, filter, CustomerSort.LastOrder, false, null));

    /// <summary>Behind the question mark.</summary>
    public static string QueryOf(ListCustomers query)
    {
        var filter = query.Filter;
        var parts = new List<string>();
        void Add(string name, object? value)
        {
            if (value is not null) parts.Add($"{name}={Uri.EscapeDataString(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")}");
        }
        Add("q", query.Search);
        Add("stage", filter.Stage);
        Add("segment", filter.Segment);
        Add("consent", filter.Consent);
        Add("country", filter.Country);
        Add("ordered", filter.LastOrderWithinDays);
        Add("silent", filter.NoOrderForDays);
        Add("tenth", filter.Tenth);
        if (filter.Recency is not null || filter.Frequency is not null) Add("rfm", $"{filter.Recency ?? 0}-{filter.Frequency ?? 0}");
        Add("leave", filter.LeaveAtLeast);
        Add("buy", filter.BuyAtLeast);
        Add("owner", filter.AssignedTo);
        if (query.Sort is not CustomerSort.LastOrder || query.IsAscending) Add("sort", query.Sort.ToString().ToLowerInvariant() + (query.IsAscending ? "-up" : ""));
        Add("after", query.After);
        return string.Join('&', parts);
    }

    // "5-4": recency and frequency; 0 leaves one of them open.
    private static (int? Recency, int? Frequency) ReadCell(string? text)
    {
        if (text?.Split('-') is not [var recency, var frequency]) return (null, null);
        return (Number(recency, 1, RfmScale.ClassCount), Number(frequency, 1, RfmScale.ClassCount));
    }

    private static int? Number(string? text, int min, int max) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max ? number : null;

    private static T? Known<T>(string? text) where T : struct, Enum => Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) ? value : null;
}
