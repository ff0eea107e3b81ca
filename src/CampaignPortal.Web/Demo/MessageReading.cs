using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;
using CampaignPortal.Simulation.Shop;

namespace CampaignPortal.Web.Demo;

/// <summary>What simulated people understand of a text: which discount it promises, and which departments it shows.</summary>
internal sealed partial class MessageReading
{
    private const double LargestDiscount = 0.9; // more is no discount: "100% linen"

    private readonly SearchValues<string> _names;
    private readonly ILookup<char, ShopItem> _items;

    public MessageReading(Catalogue catalogue)
    {
        _names = SearchValues.Create([.. catalogue.Items.Select(i => i.Name)], StringComparison.Ordinal);
        _items = catalogue.Items.ToLookup(i => i.Name[0]);
    }

    /// <summary>The discount of a subject line: "20% off" is 0.2, and so is "towels: 20%".</summary>
    public static double DiscountInSubject(string subject) => Largest(AnyPercent().Matches(subject));

    /// <summary>The discount of running text, where a percentage may as well be one of cotton: only what is said to be off counts.</summary>
    public static double DiscountInBody(string body) => Largest(PercentOff().Matches(body));

    /// <summary>Departments whose name, or one of whose kinds of goods, a text names.</summary>
    public static IReadOnlyList<int> DepartmentsIn(string text) =>
    [
        .. from i in Enumerable.Range(0, Department.All.Count)
           let department = Department.All[i]
           where department.Name.Split(' ').Where(word => word.Length > 3).Concat(department.Things.Select(t => t.Name)).Any(word => text.Contains(word.TrimEnd('s'), StringComparison.OrdinalIgnoreCase))
           select i,
    ];

    /// <summary>Departments of the goods that a text shows by their full names, as recommendations do.</summary>
    public IReadOnlyList<int> DepartmentsOfGoodsIn(string text)
    {
        var found = new SortedSet<int>();
        var rest = text.AsSpan();
        while (rest.IndexOfAny(_names) is var at and >= 0)
        {
            rest = rest[at..];
            foreach (var item in _items[rest[0]])
            {
                if (rest.StartsWith(item.Name, StringComparison.Ordinal)) found.Add(item.Department);
            }
            rest = rest[1..];
        }
        return [.. found];
    }

    private static double Largest(IEnumerable<Match> percentages) =>
        percentages.Select(m => int.Parse(m.Groups["share"].Value, CultureInfo.InvariantCulture) / 100.0).Where(share => share <= LargestDiscount).DefaultIfEmpty(0).Max();

    [GeneratedRegex(@"(?<share>\d{1,3})\s?[%％]", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AnyPercent();

    [GeneratedRegex(@"(?<share>\d{1,2})\s?[%％]\s?(off|discount|less|折扣|优惠)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PercentOff();
}
