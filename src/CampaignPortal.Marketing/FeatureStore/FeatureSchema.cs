using System.Text.Json;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.FeatureStore;

/// <summary>The shop's own words that columns are made of; stored with a model, so that a later score asks the same questions.</summary>
public sealed record FeatureVocabulary
{
    public required IReadOnlyList<string> Columns { get; init; }
    public required ItemGroups Groups { get; init; }
    public required IReadOnlyList<string> Countries { get; init; }
    public required IReadOnlyList<string> Genders { get; init; }
    public required IReadOnlyList<string> Channels { get; init; }
    public required IReadOnlyList<string> Devices { get; init; }
}

/// <summary>The columns that a shop's log supports, in a fixed order.</summary>
public sealed class FeatureSchema
{
    /// <summary>Customers who must share a country or the like before it becomes a column.</summary>
    private const int MinCustomersOfValue = 20, MaxValueCount = 8;

    private FeatureSchema(FeatureVocabulary vocabulary, IReadOnlyList<Feature> features) => (Vocabulary, Features) = (vocabulary, features);

    public FeatureVocabulary Vocabulary { get; }

    public IReadOnlyList<Feature> Features { get; }

    /// <summary>The columns for what the log held before <paramref name="before"/>; sensitive traits only when asked for.</summary>
    public static FeatureSchema Choose(EventTable table, DateTimeOffset before, bool withSensitive = false)
    {
        var seen = Seen.In(table, before.UtcTicks);
        var vocabulary = new FeatureVocabulary
        {
            Columns = [],
            Groups = ItemGroups.Choose(table, before),
            Countries = seen.CommonValues(ProfileFeatures.Country),
            Genders = withSensitive ? seen.CommonValues(ProfileFeatures.Gender) : [],
            Channels = seen.Channels.Count(c => c) > 1 ? table.ChannelNames.ToArray() : [],
            Devices = seen.Devices.Count(d => d) > 1 ? table.DeviceNames.ToArray() : [],
        };
        var features = Possible(vocabulary).Where(f => seen.Has(f.Needs)).ToList();
        return new FeatureSchema(vocabulary with { Columns = features.Select(f => f.Name).ToList() }, features);
    }

    /// <summary>The columns that a stored model was trained on.</summary>
    /// <exception cref="InvalidDataException">A column is no longer defined in this version.</exception>
    public static FeatureSchema Restore(FeatureVocabulary vocabulary)
    {
        var possible = Possible(vocabulary).ToDictionary(f => f.Name, StringComparer.Ordinal);
        var features = vocabulary.Columns.Select(name => possible.TryGetValue(name, out var feature)
            ? feature
            : throw new InvalidDataException($"The model needs the feature '{name}', which this version does not define; train it again.")).ToList();
        return new FeatureSchema(vocabulary, features);
    }

    /// <summary>The vocabulary as JSON, for a model's manifest.</summary>
    public string ToJson() => JsonSerializer.Serialize(Vocabulary);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The text is not a vocabulary of this version.</exception>
    public static FeatureSchema FromJson(string json) =>
        Restore(JsonSerializer.Deserialize<FeatureVocabulary>(json) ?? throw new InvalidDataException("The feature vocabulary is empty."));

    /// <summary>Index of a column.</summary>
    /// <exception cref="ArgumentException">The shop has no such column.</exception>
    public int IndexOf(string name)
    {
        for (var i = 0; i < Features.Count; i++)
        {
            if (Features[i].Name == name) return i;
        }
        throw new ArgumentException($"No feature is called '{name}' here.", nameof(name));
    }

    public bool Contains(string name) => Features.Any(f => f.Name == name);

    private static IEnumerable<Feature> Possible(FeatureVocabulary vocabulary) =>
        OrderFeatures.All()
            .Concat(ActivityFeatures.All())
            .Concat(ProfileFeatures.Groups(vocabulary.Groups))
            .Concat(ProfileFeatures.ChannelsAndDevices(vocabulary.Channels, vocabulary.Devices))
            .Concat(ProfileFeatures.Countries(vocabulary.Countries))
            .Concat(ProfileFeatures.Ages())
            .Concat(ProfileFeatures.Genders(vocabulary.Genders));

    /// <summary>What the log holds before a moment.</summary>
    private sealed class Seen
    {
        private readonly bool[] _kinds = new bool[KnownEvents.All.Count];
        private readonly Dictionary<string, SortedDictionary<string, int>> _traits = new(StringComparer.Ordinal);
        private bool _discounts;

        public required bool[] Channels { get; init; }
        public required bool[] Devices { get; init; }

        public static Seen In(EventTable table, long beforeTicks)
        {
            var seen = new Seen { Channels = new bool[table.ChannelNames.Count], Devices = new bool[table.DeviceNames.Count] };
            for (var row = 0; row < table.Count; row++)
            {
                if (table.OccurredAt[row] < beforeTicks) seen.Add(table, row);
            }
            for (var change = 0; change < table.Traits.Name.Length; change++)
            {
                if (table.Traits.ChangedAt[change] < beforeTicks) seen.AddTrait(table.Traits.Name[change], table.Traits.Value[change]);
            }
            return seen;
        }

        public bool Has(FeatureNeeds needs) =>
            needs.Kinds.All(kind => _kinds[(int)kind]) && (needs.Trait is null || _traits.ContainsKey(needs.Trait)) && (!needs.Discounts || _discounts);

        /// <summary>Values of a trait that enough customers share, the commonest first.</summary>
        public List<string> CommonValues(string trait) =>
            _traits.TryGetValue(trait, out var values)
                ? values.Where(v => v.Value >= MinCustomersOfValue).OrderByDescending(v => v.Value)
                    .ThenBy(v => v.Key, StringComparer.Ordinal).Take(MaxValueCount).Select(v => v.Key).ToList()
                : [];

        private void Add(EventTable table, int row)
        {
            _kinds[(int)table.Kind[row]] = true;
            _discounts |= table.Discount[row] > 0;
            if (table.Channel[row] >= 0) Channels[table.Channel[row]] = true;
            if (table.Device[row] >= 0) Devices[table.Device[row]] = true;
        }

        private void AddTrait(string name, string value)
        {
            if (!_traits.TryGetValue(name, out var values)) _traits[name] = values = new SortedDictionary<string, int>(StringComparer.Ordinal);
            values[value] = values.GetValueOrDefault(value) + 1;
        }
    }
}
