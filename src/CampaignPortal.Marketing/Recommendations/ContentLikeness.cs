using System.Globalization;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.FeatureStore;

namespace CampaignPortal.Marketing.Recommendations;

/// <summary>How alike items are by what is written about them: TF-IDF over the words of name and description, category steps and price band, as cosine.</summary>
/// <remarks>Needs no purchase, so it speaks for items of today too. Immutable.</remarks>
public sealed class ContentLikeness
{
    private const double CategoryWeight = 1.5, PriceWeight = 0.5;

    private readonly (int Term, float Weight)[][] _vectors;
    private readonly Dictionary<int, List<(int Item, float Weight)>> _byTerm = [];

    public ContentLikeness(IReadOnlyList<ItemRow> items)
    {
        var terms = new Dictionary<string, int>(StringComparer.Ordinal);
        var itemTerms = items.Select(item => TermsOf(item).Select(t => (Term: Number(terms, t.Term), t.Weight)).ToArray()).ToArray();
        var documentCounts = new int[terms.Count];
        foreach (var own in itemTerms)
        {
            foreach (var (term, _) in own) documentCounts[term]++;
        }
        _vectors = Array.ConvertAll(itemTerms, own => Normalized(own, documentCounts, items.Count));
        for (var item = 0; item < _vectors.Length; item++)
        {
            foreach (var (term, weight) in _vectors[item])
            {
                if (!_byTerm.TryGetValue(term, out var holders)) _byTerm[term] = holders = [];
                holders.Add((item, weight));
            }
        }
    }

    public int ItemCount => _vectors.Length;

    /// <summary>Cosine of two items, 0 to 1.</summary>
    public float Of(int item, int other)
    {
        var (a, b) = (_vectors[item], _vectors[other]);
        float sum = 0;
        for (int i = 0, j = 0; i < a.Length && j < b.Length;)
        {
            if (a[i].Term == b[j].Term) sum += a[i++].Weight * b[j++].Weight;
            else if (a[i].Term < b[j].Term) i++;
            else j++;
        }
        return sum;
    }

    /// <summary>The items most like one item, best first, the item itself left out; among those that <paramref name="accept"/> takes.</summary>
    public IReadOnlyList<(int Item, float Likeness)> MostLike(int item, int count, Func<int, bool> accept)
    {
        var sums = new Dictionary<int, float>();
        foreach (var (term, weight) in _vectors[item])
        {
            foreach (var (other, otherWeight) in _byTerm[term])
            {
                if (other != item && accept(other)) sums[other] = sums.GetValueOrDefault(other) + weight * otherWeight;
            }
        }
        return sums.OrderByDescending(s => s.Value).ThenBy(s => s.Key).Take(count).Select(s => (s.Key, s.Value)).ToList();
    }

    private static IEnumerable<(string Term, double Weight)> TermsOf(ItemRow item)
    {
        foreach (var word in ItemGroups.Words(item.Name).Union(ItemGroups.Words(item.Description))) yield return (word, 1);
        if (item.Category is { } category)
        {
            foreach (var step in category.Split(['/', '>', '|'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct())
                yield return ("category:" + step, CategoryWeight);
        }
        if (item.Price is > 0 and { } price) yield return (string.Create(CultureInfo.InvariantCulture, $"price:{Math.Round(Math.Log2(price))}"), PriceWeight);
    }

    private static (int Term, float Weight)[] Normalized((int Term, double Weight)[] own, int[] documentCounts, int documentCount)
    {
        var weighted = own.Select(t => (t.Term, Weight: t.Weight * Math.Log((1.0 + documentCount) / (1 + documentCounts[t.Term])) + 1e-3)).OrderBy(t => t.Term).ToArray();
        var norm = Math.Sqrt(weighted.Sum(t => t.Weight * t.Weight));
        return Array.ConvertAll(weighted, t => (t.Term, (float)(t.Weight / norm)));
    }

    private static int Number(Dictionary<string, int> terms, string term)
    {
        if (!terms.TryGetValue(term, out var number)) terms[term] = number = terms.Count;
        return number;
    }
}
