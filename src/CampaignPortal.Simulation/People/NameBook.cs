using System.Globalization;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Simulation.People;

/// <summary>Names and places of made-up people; every address lies in a domain that is reserved for examples.</summary>
internal static class NameBook
{
    private static readonly string[] FirstNames =
    [
        "Lena", "Jonas", "Helena", "Ayla", "Petra", "Milena", "Tom", "Rosa", "Karl", "Mara", "Dana", "Ines", "Ben", "Nora", "Omar", "Claire", "Hugo", "Emma", "Liam", "Sanne",
        "Daan", "Eva", "Paul", "Ida", "Felix", "Greta", "Anton", "Julia", "Maxim", "Sofia", "Elias", "Marta", "Oskar", "Alma", "Jana", "Peter", "Lucie", "Marc", "Hanna", "Theo",
    ];

    private static readonly string[] LastNames =
    [
        "Marten", "Ortel", "Brandt", "Kern", "Vogt", "Sawicki", "Adler", "Fink", "Lenz", "Ilves", "Peters", "Haas", "Moreau", "Silva", "Haddad", "Dubois", "Walker", "de Vries", "Huber", "Novak",
        "Rossi", "Berg", "Lind", "Okafor", "Petit", "Wagner", "Hughes", "Bakker", "Gruber", "Costa", "Meyer", "Sommer", "Winter", "Falk", "Keller", "Noll", "Reuter", "Lang", "Arnold", "Tessier",
    ];

    private static readonly string[] ChineseLastNames = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄"], ChineseFirstNames = ["伟", "芳", "娜", "敏", "静", "磊", "洋", "艳"];

    private static readonly (string Country, string Prefix, string Domain, string[] Cities, double Share)[] Countries =
    [
        ("Germany", "+49", "example.com", ["Leipzig", "Berlin", "Hamburg", "Munich", "Cologne"], 0.44),
        ("France", "+33", "example.net", ["Paris", "Lyon", "Lille", "Nantes"], 0.20),
        ("United Kingdom", "+44", "example.org", ["London", "Leeds", "Bristol"], 0.15),
        ("Austria", "+43", "example.com", ["Vienna", "Graz"], 0.09),
        ("Netherlands", "+31", "example.net", ["Utrecht", "Delft"], 0.08),
        ("China", "+86", "example.org", ["Shanghai", "Chengdu"], 0.04),
    ];

    public sealed record Card(string Name, string Email, string Phone, string Country, string City);

    public static Card Draw(Rng rng, int index)
    {
        var home = Home(rng.NextDouble());
        var (name, mail) = home.Country is "China"
            ? (ChineseLastNames[rng.NextInt(ChineseLastNames.Length)] + ChineseFirstNames[rng.NextInt(ChineseFirstNames.Length)], "c.")
            : Western(rng);
        return new Card(
            name,
            string.Create(CultureInfo.InvariantCulture, $"{mail}{index}@{home.Domain}"),
            string.Create(CultureInfo.InvariantCulture, $"{home.Prefix} {200 + rng.NextInt(700)} {1_000_000 + rng.NextInt(9_000_000)}"),
            home.Country,
            home.Cities[rng.NextInt(home.Cities.Length)]);
    }

    private static (string Name, string Mail) Western(Rng rng)
    {
        var (first, last) = (FirstNames[rng.NextInt(FirstNames.Length)], LastNames[rng.NextInt(LastNames.Length)]);
        return ($"{first} {last}", $"{first}.{last.Replace(" ", "", StringComparison.Ordinal)}".ToLowerInvariant());
    }

    private static (string Country, string Prefix, string Domain, string[] Cities, double Share) Home(double at)
    {
        foreach (var country in Countries)
        {
            if ((at -= country.Share) < 0) return country;
        }
        return Countries[0];
    }
}
