using System.Globalization;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.FeatureStore;

/// <summary>What the shop sells in a dozen groups: its top categories, or the commonest words of the names while there are no categories.</summary>
/// <param name="Names">Category or word of each group.</param>
/// <param name="AreCategories">False when the groups are words; an item may then belong to several.</param>
public sealed record ItemGroups(IReadOnlyList<string> Names, bool AreCategories)
{
    /// <summary>An item's groups are bits of one word.</summary>
    public const int MaxCount = 12;

    private const double MinCategoryCover = 0.5;

    private static readonly HashSet<string> StopWords = new(StringComparer.Ordinal)
    {
        "and", "the", "for", "with", "of", "in", "on", "to", "set", "pack", "from", "by", "a", "an",
    };

    public static ItemGroups None { get; } = new([], false);

    /// <summary>Groups by how often their items were bought before <paramref name="before"/>.</summary>
    public static ItemGroups Choose(EventTable table, DateTimeOffset before)
    {
        var lineCounts = CountLines(table, before.UtcTicks);
        long covered = 0, all = 0;
        var byCategory = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var byWord = new SortedDictionary<string, long>(StringComparer.Ordinal);
        for (var item = 0; item < lineCounts.Length; item++)
        {
            if (lineCounts[item] == 0) continue;
            all += lineCounts[item];
            if (TopCategory(table.Items[item]) is { } category)
            {
                covered += lineCounts[item];
                Add(byCategory, category, lineCounts[item]);
            }
            foreach (var word in Words(table.Items[item].Name)) Add(byWord, word, lineCounts[item]);
        }
        var areCategories = covered > MinCategoryCover * all && byCategory.Count > 1;
        return new ItemGroups(Largest(areCategories ? byCategory : byWord), areCategories);
    }

    /// <summary>Bit g of entry i is set when item i belongs to group g.</summary>
    public uint[] Assign(IReadOnlyList<ItemRow> items)
    {
        var index = Names.Select((name, i) => (name, i)).ToDictionary(x => x.name, x => x.i, StringComparer.Ordinal);
        var bits = new uint[items.Count];
        for (var item = 0; item < bits.Length; item++)
        {
            IEnumerable<string> own = AreCategories ? (TopCategory(items[item]) is { } c ? [c] : []) : Words(items[item].Name);
            foreach (var name in own)
            {
                if (index.TryGetValue(name, out var group)) bits[item] |= 1u << group;
            }
        }
        return bits;
    }

    /// <summary>The first step of a category path such as <c>Home/Bedding</c>.</summary>
    public static string? TopCategory(ItemRow item)
    {
        if (string.IsNullOrWhiteSpace(item.Category)) return null;
        var end = item.Category.AsSpan().IndexOfAny('/', '>', '|');
        var top = (end < 0 ? item.Category.AsSpan() : item.Category.AsSpan(0, end)).Trim();
        return top.IsEmpty ? null : top.ToString();
    }

    /// <summary>Distinct lower-case words of a name; runs of ideographs, which have no blanks, become pairs of signs.</summary>
    public static IEnumerable<string> Words(string? name)
    {
        if (string.IsNullOrEmpty(name)) return [];
        var words = new SortedSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < name.Length;)
        {
            if (!char.IsLetter(name[i]))
            {
                i++;
                continue;
            }
            var start = i;
            var isIdeograph = IsIdeograph(name[i]);
            while (i < name.Length && char.IsLetter(name[i]) && IsIdeograph(name[i]) == isIdeograph) i++;
            if (isIdeograph)
            {
                for (var j = start; j + 1 < i; j++) words.Add(name.Substring(j, 2));
            }
            else if (i - start >= 3)
            {
                words.Add(name[start..i].ToLowerInvariant());
            }
        }
        words.ExceptWith(StopWords);
        return words;
    }

    private static bool IsIdeograph(char c) => char.GetUnicodeCategory(c) is UnicodeCategory.OtherLetter;

    private static long[] CountLines(EventTable table, long beforeTicks)
    {
        var counts = new long[table.Items.Count];
        for (var row = 0; row < table.Count; row++)
        {
            if (table.Kind[row] is EventKind.OrderPlaced && table.Item[row] >= 0 && table.OccurredAt[row] < beforeTicks && table.Amount[row] > 0)
            {
                counts[table.Item[row]]++;
            }
        }
        return counts;
    }

    private static void Add(SortedDictionary<string, long> counts, string key, long count) =>
        counts[key] = counts.GetValueOrDefault(key) + count;

    private static List<string> Largest(SortedDictionary<string, long> counts) =>
        counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Take(MaxCount).Select(c => c.Key).ToList();
}
