using System.Globalization;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Testing;

/// <summary>Made-up people of several countries.</summary>
internal sealed class LargeShopPeople(Rng rng)
{
    private static readonly string[] FirstNames = ["Lena", "Jonas", "Helena", "Ayla", "Petra", "Milena", "Tom", "Rosa", "Karl", "Mara", "Dana", "Ines", "Ben", "Nora", "Yuki", "Omar", "Claire", "Hugo", "Emma", "Liam", "Sanne", "Daan", "Eva", "Paul"];
    private static readonly string[] LastNames = ["Marten", "Ortel", "Brandt", "Kern", "Vogt", "Sawicki", "Adler", "Fink", "Lenz", "Ilves", "Peters", "Haas", "Moreau", "Silva", "Tanaka", "Haddad", "Dubois", "Walker", "de Vries", "Huber", "Novak", "Rossi", "Berg", "Lind", "Okafor", "Petit", "Wagner", "Hughes", "Bakker", "Gruber", "Costa", "Meyer"];
    private static readonly string[] ChineseLastNames = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄"], ChineseFirstNames = ["伟", "芳", "娜", "敏", "静", "磊", "洋", "艳"];

    private static readonly (string Country, string Prefix, string Domain, string[] Cities, double Share)[] Countries =
    [
        ("Germany", "+49", "example.com", ["Leipzig", "Berlin", "Hamburg", "Munich"], 0.45), ("France", "+33", "example.net", ["Paris", "Lyon", "Lille"], 0.2),
        ("United Kingdom", "+44", "example.org", ["London", "Leeds", "Bristol"], 0.15), ("Austria", "+43", "example.com", ["Vienna", "Graz"], 0.08),
        ("Netherlands", "+31", "example.net", ["Utrecht", "Delft"], 0.07), ("China", "+86", "example.cn", ["Shanghai", "Chengdu"], 0.05),
    ];

    public sealed record Person(ContactDraft Contact, string Traits);

    public static string IdOf(int customer) => string.Create(CultureInfo.InvariantCulture, $"c-{100_000 + customer}");

    public Person Draw(int customer)
    {
        var home = DrawCountry();
        var city = home.Cities[rng.NextInt(home.Cities.Length)];
        var (name, mail) = home.Country is "China"
            ? (ChineseLastNames[rng.NextInt(ChineseLastNames.Length)] + ChineseFirstNames[rng.NextInt(ChineseFirstNames.Length)], "c")
            : Western();
        var contact = new ContactDraft(IdOf(customer))
        {
            Name = name,
            Email = string.Create(CultureInfo.InvariantCulture, $"{mail}{customer}@{home.Domain}"),
            Phone = string.Create(CultureInfo.InvariantCulture, $"{home.Prefix} {200 + rng.NextInt(700)} {1_000_000 + rng.NextInt(9_000_000)}"),
        };
        return new Person(contact, string.Create(CultureInfo.InvariantCulture, $$$"""{"traits":{"country":"{{{home.Country}}}","city":"{{{city}}}","birth_year":{{{1950 + rng.NextInt(56)}}}}}"""));
    }

    private (string Name, string Mail) Western()
    {
        var (first, last) = (FirstNames[rng.NextInt(FirstNames.Length)], LastNames[rng.NextInt(LastNames.Length)]);
        return ($"{first} {last}", $"{first}.{last.Replace(" ", "", StringComparison.Ordinal)}".ToLowerInvariant());
    }

    private (string Country, string Prefix, string Domain, string[] Cities, double Share) DrawCountry()
    {
        var at = rng.NextDouble();
        foreach (var country in Countries)
        {
            if ((at -= country.Share) < 0) return country;
        }
        return Countries[0];
    }
}
