using System.Collections.Concurrent;
using System.Globalization;
using CampaignPortal.Learning.Neighbours;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Ranking;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Recommendations;

/// <summary>Answers requests for lists: what was learnt, joined with today's catalogue. Immutable and safe for concurrent use.</summary>
/// <remarks>
/// A customer is known by the taste in the request, so what was bought a second ago counts without training; an item of today borrows the scores of the
/// items most like it until it is bought itself. Items of the model come first in all arrays, new ones of the catalogue after them.
/// </remarks>
public sealed class RecommendationModel
{
    private const int BorrowCount = 5, BorrowPool = 200;

    private readonly ItemRow?[] _rows;
    private readonly Dictionary<long, int> _indexOf = [];
    private readonly (int[] From, float[] Weights)[] _borrowed;
    private readonly int[] _bestSellers, _trending, _newest;
    private readonly ItemMask _offered; // never changed after the constructor
    private readonly ConcurrentBag<PersonalScores> _scratch = [];

    public RecommendationModel(RecommendationCore core, IReadOnlyList<ItemRow> catalogue)
    {
        Core = core;
        for (var i = 0; i < core.ItemCount; i++) _indexOf[core.ItemIds[i]] = i;
        foreach (var row in catalogue) _indexOf.TryAdd(row.Id, _indexOf.Count);
        _rows = new ItemRow?[_indexOf.Count];
        foreach (var row in catalogue) _rows[_indexOf[row.Id]] = row;
        Content = ContentModel.Fit(Array.ConvertAll(_rows, ContentOf), new ContentOptions());
        _borrowed = Enumerable.Range(core.ItemCount, _rows.Length - core.ItemCount).Select(Borrow).ToArray();
        _offered = new ItemMask(_rows.Length, all: false);
        for (var i = 0; i < _rows.Length; i++)
        {
            if (_rows[i] is { IsOffered: true }) _offered.Include(i);
        }
        _bestSellers = Order(i => Count(core.CustomerCounts, i));
        _trending = Order(i => Count(core.RecentCounts, i) is > 0 and var recent ? recent / Math.Sqrt(Count(core.CustomerCounts, i) + 5) : 0);
        _newest = Order(i => i < core.ItemCount ? core.FirstDays[i] : (double)int.MaxValue + i);
    }

    public RecommendationCore Core { get; }

    /// <summary>How alike items are by what is written about them; it knows items of today too.</summary>
    public ContentModel Content { get; }

    public int ItemCount => _rows.Length;

    /// <summary>Items that may be on a list at all.</summary>
    public int OfferedCount => _bestSellers.Length;

    public void Save(string folder, ModelDetails? details = null) => Core.Save(folder, details);

    /// <summary>Reads a model and joins it with the catalogue of today.</summary>
    /// <exception cref="InvalidDataException">The folder holds no such model.</exception>
    public static RecommendationModel Load(string folder, IReadOnlyList<ItemRow> catalogue) => new(ModelFolder.Load<RecommendationCore>(folder), catalogue);

    /// <summary>The same model with another catalogue: prices, categories, items of today.</summary>
    public RecommendationModel With(IReadOnlyList<ItemRow> catalogue) => new(Core, catalogue);

    /// <summary>Position of an item in tastes that this model is asked with; −1 for an unknown one.</summary>
    public int IndexOf(long itemId) => _indexOf.GetValueOrDefault(itemId, -1);

    /// <summary>The taste of a customer of a table, in this model's positions.</summary>
    /// <param name="tableItems">Items of the table that the purchases were read from.</param>
    public CustomerTaste TasteOf(ItemPurchases purchases, int customer, int day, IReadOnlyList<ItemRow> tableItems)
    {
        var taste = CustomerTaste.Of(purchases, customer, day);
        var owned = taste.Owned.Select(o => o with { Item = IndexOf(tableItems[o.Item].Id) }).Where(o => o.Item >= 0).ToList();
        owned.Sort((a, b) => a.Item.CompareTo(b.Item));
        return taste with { Owned = owned };
    }

    /// <summary>The list that a request asks for.</summary>
    public RecommendationReply Recommend(RecommendationRequest request)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(request.Count, "request.Count");
        if (!_scratch.TryTake(out var scores)) scores = new PersonalScores(Core.ItemCount);
        var isPersonal = request.Strategy is RecommendationStrategy.ForYou or RecommendationStrategy.BuyAgain or RecommendationStrategy.NewForYou;
        if (isPersonal && request.Taste is { Owned.Count: > 0 } taste) Core.Score(taste, scores, request.Strategy is RecommendationStrategy.NewForYou);
        var reply = new ListBuilder(this, request, scores).Build();
        _scratch.Add(scores);
        return reply;
    }

    /// <summary>Positions of a list, for a customer whose scores are known already: what is needed to judge lists, without the reasons.</summary>
    internal int[] PlacesOf(RecommendationRequest request, PersonalScores scores) => Array.ConvertAll([.. new ListBuilder(this, request, scores).Build().Items], i => IndexOf(i.Item));

    /// <summary>"For you", "buy again" and "new for you" for every customer with a purchase; the rows do not depend on the number of threads.</summary>
    /// <param name="segments">Segment of each customer id, where there are segments.</param>
    public IReadOnlyList<RecommendationRow> ListsFor(
        EventTable table, ItemPurchases purchases, int count = 10, IReadOnlyDictionary<long, int>? segments = null, int degree = 1, CancellationToken ct = default)
    {
        var day = FeatureStore.FeatureTable.CalendarOf(table).CutDay(table.AsOf);
        var rows = new RecommendationRow[table.CustomerCount][];
        Parallel.For(0, degree, new ParallelOptions { MaxDegreeOfParallelism = degree, TaskScheduler = TaskScheduler.Current, CancellationToken = ct }, part =>
        {
            var scores = new PersonalScores(Core.ItemCount);
            for (var customer = part; customer < table.CustomerCount; customer += degree)
            {
                if (customer % 64 == part) ct.ThrowIfCancellationRequested();
                var taste = TasteOf(purchases, customer, day, table.Items);
                rows[customer] = taste.Owned.Count == 0 ? [] : ListsOf(table.CustomerIds[customer], taste, SegmentOf(segments, table.CustomerIds[customer]), count, scores);
            }
        });
        return [.. rows.SelectMany(r => r)];
    }

    private RecommendationRow[] ListsOf(long customer, CustomerTaste taste, int? segment, int count, PersonalScores scores)
    {
        Core.Score(taste, scores, withNew: true);
        RecommendationRow List(string name, RecommendationStrategy strategy) => new(customer, name,
            new ListBuilder(this, new RecommendationRequest { Strategy = strategy, Count = count, Taste = taste, Segment = segment }, scores).Build().Items);
        return
        [
            List(RecommendationRow.ForYou, RecommendationStrategy.ForYou),
            List(RecommendationRow.BuyAgain, RecommendationStrategy.BuyAgain),
            List(RecommendationRow.NewForYou, RecommendationStrategy.NewForYou),
        ];
    }

    internal ReadOnlySpan<int> BestSellers => _bestSellers;
    internal ReadOnlySpan<int> TrendingItems => _trending;
    internal ReadOnlySpan<int> Newest => _newest;

    internal ItemRow? Row(int item) => _rows[item];

    internal long IdOf(int item) => item < Core.ItemCount ? Core.ItemIds[item] : _rows[item]!.Id; // past the core only catalogue rows have positions

    internal string NameOf(int item) => _rows[item] is { } row ? row.Name ?? row.ExternalId : "";

    /// <summary>Scores over the whole catalogue: those learnt, and for items of today what they borrow.</summary>
    internal float[] Extend(float[] learnt)
    {
        if (_borrowed.Length == 0) return learnt;
        var scores = new float[_rows.Length];
        learnt.CopyTo(scores);
        for (var i = 0; i < _borrowed.Length; i++)
        {
            var (from, weights) = _borrowed[i];
            float sum = 0;
            for (var k = 0; k < from.Length; k++) sum += weights[k] * learnt[from[k]];
            scores[Core.ItemCount + i] = sum;
        }
        return scores;
    }

    /// <summary>A weighted mean of the most alike items that were bought, less the less alike they are.</summary>
    private (int[] From, float[] Weights) Borrow(int item)
    {
        var alike = Content.NeighboursOf(item, BorrowPool).Where(n => n.Score > 0 && n.Item < Core.ItemCount && Core.CustomerCounts[n.Item] > 0).Take(BorrowCount).ToArray();
        var sum = alike.Sum(a => a.Score);
        return ([.. alike.Select(a => a.Item)], [.. alike.Select(a => a.Score / sum * alike[0].Score)]);
    }

    private static ItemContent ContentOf(ItemRow? row) =>
        new($"{row?.Name} {row?.Description}", row?.Category, row?.Price is > 0 and var price ? price : null);

    private int[] Order(Func<int, double> value) =>
        [.. Enumerable.Range(0, _rows.Length).Where(i => _rows[i] is { IsOffered: true }).OrderByDescending(value).ThenBy(i => i)];

    private static double Count(float[] counts, int item) => item < counts.Length ? counts[item] : 0;

    private static int? SegmentOf(IReadOnlyDictionary<long, int>? segments, long customer) =>
        segments is not null && segments.TryGetValue(customer, out var segment) ? segment : null;

    internal RecommendationReason BestSellerReason(int item) =>
        new(RecommendationReason.BestSeller, Count(Core.CustomerCounts, item).ToString("0", CultureInfo.InvariantCulture));

    internal ItemMask Eligible(RecommendationFilters filters, CustomerTaste? taste)
    {
        var mask = new ItemMask(_rows.Length, all: false);
        mask.CopyFrom(_offered);
        if (filters.LooksAtItems)
        {
            for (var item = 0; item < _rows.Length; item++)
            {
                if (mask[item] && !Passes(_rows[item]!, filters)) mask.Exclude(item); // what is offered has a row
            }
        }
        foreach (var own in taste?.Owned ?? [])
        {
            if (own.DaysSinceLast <= filters.NotBoughtInDays) mask.Exclude(own.Item);
        }
        return mask;
    }

    private static bool Passes(ItemRow row, RecommendationFilters filters) =>
        !filters.ExcludedItems.Contains(row.Id)
        && (filters.InStock is null || filters.InStock.Contains(row.Id))
        && (filters.MinPrice is null || row.Price >= filters.MinPrice)
        && (filters.MaxPrice is null || row.Price <= filters.MaxPrice)
        && (filters.Categories.Count == 0 || filters.Categories.Any(c => IsWithin(row.Category, c)));

    /// <summary>Whether a category lies in another, given as a path or its first steps.</summary>
    public static bool IsWithin(string? category, string wanted) =>
        category is not null && category.StartsWith(wanted, StringComparison.OrdinalIgnoreCase)
        && (category.Length == wanted.Length || category[wanted.Length] is '/' or '>' or '|' or ' ');
}
