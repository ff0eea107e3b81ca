using System.Globalization;
using CampaignPortal.Marketing.Events;
using static CampaignPortal.Marketing.FeatureStore.FeatureTheme;
using static CampaignPortal.Marketing.FeatureStore.FeatureUnit;

namespace CampaignPortal.Marketing.FeatureStore;

/// <summary>Columns whose number depends on the shop: groups of items, channels, devices, countries, age groups. One column for each value.</summary>
internal static class ProfileFeatures
{
    public const string Country = "country", BirthDate = "birth_date", Age = "age", Gender = "gender", SignedUpAt = "signed_up_at";

    private const double DaysPerYear = 365.2425;

    private static readonly (string Name, double From, double To)[] AgeGroups =
        [("<18", 0, 18), ("18–29", 18, 30), ("30–44", 30, 45), ("45–59", 45, 60), ("60+", 60, 200)];

    public static IEnumerable<Feature> Groups(ItemGroups groups)
    {
        var needs = new FeatureNeeds { Kinds = [EventKind.OrderPlaced] };
        var prefix = groups.AreCategories ? "category" : "word";
        var words = groups.AreCategories ? "share of purchases in {0}" : "share of purchases with “{0}” in the name";
        for (var i = 0; i < groups.Names.Count; i++)
        {
            var group = i;
            yield return new Feature($"{prefix}_share:{groups.Names[i]}", Share, Variety, Format(words, groups.Names[i]), needs,
                s => s.HasOrders ? (double)s.State.GroupLineCounts[group] / s.State.LineCount : double.NaN) { Argument = groups.Names[i] };
        }
        if (groups.Names.Count > 1)
        {
            yield return new Feature($"{prefix}_entropy", Nats, Variety, groups.AreCategories ? "variety of categories" : "variety of names",
                needs, s => s.HasOrders ? Entropy(s.State.GroupLineCounts) : double.NaN);
        }
    }

    public static IEnumerable<Feature> ChannelsAndDevices(IReadOnlyList<string> channels, IReadOnlyList<string> devices)
    {
        for (var i = 0; i < channels.Count; i++)
        {
            var channel = i;
            yield return new Feature($"channel_share:{channels[i]}", Share, Habits, $"share of events through {channels[i]}", new FeatureNeeds(),
                s => ShareOf(s.State.ChannelCounts, channel)) { Argument = channels[i] };
        }
        for (var i = 0; i < devices.Count; i++)
        {
            var device = i;
            yield return new Feature($"device_share:{devices[i]}", Share, Habits, $"share of events on {devices[i]}", new FeatureNeeds(),
                s => ShareOf(s.State.DeviceCounts, device)) { Argument = devices[i] };
        }
    }

    public static IEnumerable<Feature> Countries(IReadOnlyList<string> countries) => OneHot(Country, countries, "lives in {0}", isSensitive: false);

    public static IEnumerable<Feature> Genders(IReadOnlyList<string> genders) => OneHot(Gender, genders, "gender {0}", isSensitive: true);

    public static IEnumerable<Feature> Ages()
    {
        foreach (var trait in new[] { BirthDate, Age })
        {
            foreach (var (name, from, to) in AgeGroups)
            {
                yield return new Feature($"{trait}_group:{name}", Flag, Profile, $"age {name}", new FeatureNeeds { Trait = trait },
                    s => AgeOf(s, trait) is { } age ? (age >= from && age < to ? 1 : 0) : double.NaN) { Argument = name };
            }
        }
        yield return new Feature("sign_up_age_days", Days, Profile, "days since signing up", new FeatureNeeds { Trait = SignedUpAt },
            s => DayOf(s, SignedUpAt) is { } day ? s.CutDay - day : double.NaN);
    }

    private static IEnumerable<Feature> OneHot(string trait, IReadOnlyList<string> values, string words, bool isSensitive)
    {
        foreach (var value in values)
        {
            yield return new Feature($"{trait}:{value}", Flag, Profile, Format(words, value), new FeatureNeeds { Trait = trait },
                s => s.State.Traits.TryGetValue(trait, out var own) ? (own == value ? 1 : 0) : double.NaN) { Argument = value, IsSensitive = isSensitive };
        }
    }

    private static double? AgeOf(CustomerSnapshot s, string trait)
    {
        if (trait == BirthDate) return DayOf(s, trait) is { } day ? (s.CutDay - day) / DaysPerYear : null;
        return s.State.Traits.TryGetValue(trait, out var text) && double.TryParse(text, CultureInfo.InvariantCulture, out var age) ? age : null;
    }

    private static int? DayOf(CustomerSnapshot s, string trait) =>
        s.State.Traits.TryGetValue(trait, out var text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var at)
            ? (int)(at.Ticks / TimeSpan.TicksPerDay)
            : null;

    private static double ShareOf(int[] counts, int index)
    {
        long all = 0;
        foreach (var count in counts) all += count;
        return all == 0 ? double.NaN : (double)counts[index] / all;
    }

    private static double Entropy(int[] counts)
    {
        long all = 0;
        foreach (var count in counts) all += count;
        if (all == 0) return 0;
        double entropy = 0;
        foreach (var count in counts)
        {
            if (count > 0) entropy -= (double)count / all * Math.Log((double)count / all);
        }
        return entropy;
    }

    private static string Format(string words, string argument) => string.Format(CultureInfo.InvariantCulture, words, argument);
}
