using CampaignPortal.Simulation.People;
using CampaignPortal.Simulation.Shop;

namespace CampaignPortal.Simulation.Messages;

/// <summary>A campaign of the shop's own past: two subject lines, a fifth held out.</summary>
/// <param name="Day">Day of the history on which it went out.</param>
public sealed record PastCampaign(string Id, string Name, int Day, string SubjectA, string SubjectB)
{
    /// <summary>Share of the audience that got nothing, so that the effect could be seen: with a tenth of some thousand people it is not.</summary>
    public const double HoldoutShare = 0.2;

    public double Discount { get; init; }

    public IReadOnlyList<int> Departments { get; init; } = [];

    /// <summary>When it began to go out, UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>One a month, on a Tuesday, with the theme of the month.</summary>
    public static IReadOnlyList<PastCampaign> Of(ShopOptions options)
    {
        var calendar = new ShopCalendar(DateOnly.FromDateTime(options.Start.UtcDateTime));
        var campaigns = new List<PastCampaign>();
        for (var day = 20; day < options.DayCount - 3; day++)
        {
            var date = calendar.DateOf(day);
            if (date.DayOfWeek is not DayOfWeek.Tuesday || date.Day is < 9 or > 15) continue;
            var (name, a, b, discount, departments) = Themes[date.Month - 1];
            campaigns.Add(new PastCampaign(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"past-{date:yyyy-MM}"), $"{name} {date.Year}", day, a, b)
            {
                Discount = discount,
                Departments = departments,
                StartedAt = options.Start.AddDays(day).AddHours(8),
            });
        }
        return campaigns;
    }

    internal static bool IsFor(Person person, int day) => person.JoinDay < day - 3;

    private static readonly (string Name, string A, string B, double Discount, int[] Departments)[] Themes =
    [
        ("A tidy January", "Order, at last", "10 ideas for a calmer home", 0, [9]),
        ("Winter comfort", "Warm things for cold weeks", "Still cold? These help", 0, [0, 4]),
        ("Spring cleaning", "Spring cleaning: 10% off towels", "Fresh towels for spring", 0.10, [1]),
        ("Garden opening", "The garden is open", "What will you plant this year?", 0, [10]),
        ("Tables outside", "Out to the table", "Everything for dinner in the garden, from the deck chair to the fire bowl", 0, [11, 5]),
        ("Summer light", "Long evenings, soft light", "Lanterns you will want outside", 0, [2, 11]),
        ("Summer sale", "Summer sale: up to 15% off", "Small prices, big summer", 0.15, []),
        ("New kitchen", "New in the kitchen", "Have you met our cast iron?", 0, [6]),
        ("Back to school", "A room to grow in", "Children's rooms, made by you", 0, [12]),
        ("Autumn table", "Set the table for autumn", "12 plates for a long table", 0, [5, 7]),
        ("Candle weeks", "Candles for dark afternoons", "Which scent is yours?", 0, [8]),
        ("Presents", "Presents that fit", "Still looking? 10% off presents", 0.10, [8, 13, 4]),
    ];
}
