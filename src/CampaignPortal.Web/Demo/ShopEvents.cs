using System.Globalization;
using System.Text.Json.Nodes;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Simulation;
using CampaignPortal.Simulation.Messages;
using CampaignPortal.Simulation.People;
using CampaignPortal.Simulation.Shop;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Web.Demo;

/// <summary>Says what happens in the simulated shop in the words of the log.</summary>
/// <remarks>The same life gives the same ids, in whichever process it is played: the log knows what was told before.</remarks>
internal sealed class ShopEvents(ShopSimulator shop)
{
    /// <summary>Source of everything that simulated people do.</summary>
    public const string Source = "simulator";

    private const string Mobile = """{"device":"mobile"}""", Desktop = """{"device":"desktop"}""", EmailChannel = """{"channel":"email"}""";
    private const string ByPerson = "\"channel\":\"email\",\"by\":\"human\",\"reason\":\"browser\"";
    private const string Unsubscribed = "\"channel\":\"email\",\"purpose\":\"marketing\",\"origin\":\"unsubscribe-link\"";
    private const string Bounced = "\"channel\":\"email\",\"kind\":\"hard\",\"reason\":\"no such mailbox\"";
    private const string Consent = """{"channel":"email","purpose":"marketing","state":"granted","origin":"registration","basis":"opt-in"}""";

    /// <summary>Share of the clicks on goods that were picked for the reader.</summary>
    private const double PickedShare = 0.4;

    private readonly Dictionary<string, int> _past = shop.PastCampaigns.Select((c, i) => (c.Id, Number: i + 1)).ToDictionary(c => c.Id, c => c.Number, StringComparer.Ordinal);

    /// <summary>The goods, as the catalogue takes them.</summary>
    public IReadOnlyList<ItemDraft> Items() =>
    [
        .. shop.Catalogue.Items.Select(i => new ItemDraft(i.Id)
        {
            Name = i.Name, Description = i.Description, Category = i.Category, Price = i.Price, Currency = shop.Options.Currency, ImageUrl = DemoCatalogue.PictureOf(i), Url = DemoCatalogue.AddressOf(i),
            Stock = 20 + i.Index * 37 % 400,
        }),
    ];

    /// <summary>Contact data of a person, for the vault.</summary>
    public ContactDraft ContactOf(int customer)
    {
        var person = shop.People[customer];
        return new ContactDraft(person.Id) { Name = person.Name, Email = person.Email, Phone = person.Phone };
    }

    /// <param name="at">The moment to write down; null is the shop's own.</param>
    public NewEvent Of(ShopEvent happened, DateTimeOffset? at = null) => new()
    {
        MessageId = happened.Id,
        Type = TypeOf(happened.Kind),
        OccurredAt = at ?? happened.At,
        StatedAt = at is null ? null : happened.At,
        Customer = shop.People[happened.Customer].Id,
        Item = happened.Item is { } item ? shop.Catalogue.Items[item].Id : null,
        OrderId = happened.Order,
        Quantity = happened.Quantity,
        Amount = happened.Amount,
        Currency = happened.Amount is null ? null : shop.Options.Currency,
        CampaignId = NumberOf(happened.Campaign),
        VariantId = happened.Variant is null ? null : VariantOf(happened.Campaign, happened.Variant),
        Properties = PropertiesOf(happened),
    };

    private string? PropertiesOf(ShopEvent happened) => happened.Kind switch
    {
        ShopEventKind.Registered => TraitsOf(shop.People[happened.Customer]),
        ShopEventKind.ConsentGiven => Consent,
        ShopEventKind.Unsubscribed => OfMessage(Unsubscribed, happened),
        ShopEventKind.MessageBounced => OfMessage(Bounced, happened),
        ShopEventKind.MessageSent => EmailChannel,
        ShopEventKind.MessageClicked when PastNumber(happened.Campaign) is { } past => OfMessage(ByPerson + "," + FollowedLink(past, happened.Customer), happened),
        ShopEventKind.MessageOpened or ShopEventKind.MessageClicked => OfMessage(ByPerson, happened),
        ShopEventKind.Assigned => Assignment(happened),
        ShopEventKind.OrderPlaced when happened.Discount > 0 => new JsonObject { ["device"] = happened.Device, ["discount"] = Math.Round(happened.Discount, 2) }.ToJsonString(),
        ShopEventKind.Searched => new JsonObject { ["query"] = happened.Text, ["device"] = happened.Device }.ToJsonString(),
        ShopEventKind.ReviewWritten => new JsonObject { ["rating"] = happened.Rating, ["text"] = happened.Text }.ToJsonString(),
        _ => happened.Device switch { "mobile" => Mobile, "desktop" => Desktop, _ => null },
    };

    // A message that the portal sent is named by its number in the outbox; those of the history never lay there.
    private static string OfMessage(string facts, ShopEvent happened) =>
        long.TryParse(happened.Message, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? string.Create(CultureInfo.InvariantCulture, $"{{{facts},\"message\":{number}}}") : "{" + facts + "}";

    // A mail of the history leads to its departments, in its order, and then to the goods picked for the reader; what stands first is followed more often.
    private string FollowedLink(int past, int customer)
    {
        var (rng, departments) = (new Rng(customer * 1_000L + past), shop.PastCampaigns[past - 1].Departments);
        if (departments.Count is 0 || rng.NextDouble() < PickedShare)
            return string.Create(CultureInfo.InvariantCulture, $"\"link\":{departments.Count},\"url\":\"{DemoCatalogue.AddressOf(shop.Catalogue.Items[rng.NextInt(shop.Catalogue.Items.Count)])}\"");
        var place = Math.Min(rng.NextInt(departments.Count), rng.NextInt(departments.Count));
        return string.Create(CultureInfo.InvariantCulture, $"\"link\":{place},\"url\":\"{Storefront.AddressOf(Department.All[departments[place]])}\"");
    }

    // The shop's own past campaigns are numbered in the order in which they went out, and their versions two by two; what the portal sent has numbers already.
    private string? NumberOf(string? campaign) => PastNumber(campaign) is { } number ? number.ToString(CultureInfo.InvariantCulture) : campaign;

    private string VariantOf(string? campaign, string variant) =>
        PastNumber(campaign) is { } number ? VariantNumber(number, isB: variant is not "A").ToString(CultureInfo.InvariantCulture) : variant;

    /// <summary>Number of a version of a past campaign.</summary>
    public static long VariantNumber(long campaign, bool isB) => 2 * campaign - (isB ? 0 : 1);

    private int? PastNumber(string? campaign) => campaign is not null && _past.TryGetValue(campaign, out var number) ? number : null;

    private static string Assignment(ShopEvent happened) => new JsonObject
    {
        ["occurrence"] = 0,
        ["part"] = "test",
        ["arm"] = happened.Variant is null ? "holdout" : "variant",
        ["probability"] = happened.Variant is null ? PastCampaign.HoldoutShare : (1 - PastCampaign.HoldoutShare) / 2,
        ["due"] = happened.At.ToString("O", CultureInfo.InvariantCulture),
    }.ToJsonString();

    private string TraitsOf(Person person) => new JsonObject
    {
        ["traits"] = new JsonObject
        {
            ["country"] = person.Country,
            ["city"] = person.City,
            ["birth_year"] = person.BirthYear,
            ["birth_date"] = BirthDate(person).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["source"] = person.Referrer is null ? "search" : "friend",
            ["signed_up_at"] = shop.Calendar.DateOf(person.JoinDay).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        },
    }.ToJsonString();

    // The life of the shop knows the year alone; the day is the same whenever it is told.
    private static DateOnly BirthDate(Person person)
    {
        var year = new DateOnly(person.BirthYear, 1, 1);
        return year.AddDays((int)(StableHash.ToUnit("birthday", person.Id) * (DateTime.IsLeapYear(year.Year) ? 366 : 365)));
    }

    private static string TypeOf(ShopEventKind kind) => kind switch
    {
        ShopEventKind.Registered => KnownEvents.ProfileUpdated,
        ShopEventKind.ConsentGiven => KnownEvents.ConsentChanged,
        ShopEventKind.PageViewed => KnownEvents.PageViewed,
        ShopEventKind.ItemViewed => KnownEvents.ItemViewed,
        ShopEventKind.Searched => KnownEvents.Searched,
        ShopEventKind.CartAdded => KnownEvents.CartAdded,
        ShopEventKind.OrderPlaced => KnownEvents.OrderPlaced,
        ShopEventKind.OrderReturned => KnownEvents.OrderReturned,
        ShopEventKind.ReviewWritten => KnownEvents.ReviewWritten,
        ShopEventKind.Assigned => KnownEvents.ExperimentAssigned,
        ShopEventKind.MessageSent => KnownEvents.MessageSent,
        ShopEventKind.MessageBounced => KnownEvents.MessageBounced,
        ShopEventKind.MessageOpened => KnownEvents.MessageOpened,
        ShopEventKind.MessageClicked => KnownEvents.MessageClicked,
        ShopEventKind.Unsubscribed => KnownEvents.Unsubscribed,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
