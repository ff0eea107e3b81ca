using System.Globalization;
using CampaignPortal.Learning.Neighbours;
using CampaignPortal.Learning.Ranking;

namespace CampaignPortal.Marketing.Recommendations;

/// <summary>Builds one list: the strategy's own items first, then down the ladder (segment, trending in the category, best sellers) until it is full.</summary>
internal sealed class ListBuilder
{
    private const int DiversityPool = 5;

    private readonly RecommendationModel _model;
    private readonly RecommendationRequest _request;
    private readonly PersonalScores _scores;
    private readonly ItemMask _mask;
    private readonly int _context;
    private readonly List<RecommendedItem> _list;

    public ListBuilder(RecommendationModel model, RecommendationRequest request, PersonalScores scores)
    {
        (_model, _request, _scores) = (model, request, scores);
        _mask = model.Eligible(request.Filters, request.Taste);
        _context = request.ContextItem is { } id ? model.IndexOf(id) : -1;
        if (_context >= 0) _mask.Exclude(_context);
        _list = new List<RecommendedItem>(request.Count);
    }

    private bool IsKnown => _request.Taste is { Owned.Count: > 0 };

    private bool IsFull => _list.Count >= _request.Count;

    public RecommendationReply Build()
    {
        if (_request.Strategy is RecommendationStrategy.NewForYou)
        {
            foreach (var own in _request.Taste?.Owned ?? []) _mask.Exclude(own.Item);
        }
        Own();
        if (IsFull || _request.Strategy is RecommendationStrategy.BuyAgain or RecommendationStrategy.RecentlyViewed)
            return Reply(IsFull ? RecommendationReply.Full : RecommendationReply.TooFewEligible);

        var why = Missing();
        Segment();
        TrendingInCategory();
        Fill(_model.BestSellers, RecommendationLevel.BestSellers, _model.BestSellerReason);
        return Reply(IsFull ? why : RecommendationReply.TooFewEligible);
    }

    /// <summary>What the strategy itself finds.</summary>
    private void Own()
    {
        switch (_request.Strategy)
        {
            case RecommendationStrategy.ForYou when IsKnown:
                Take(_model.Extend(_scores.ForYou), _mask, ReasonOfOwn);
                break;
            case RecommendationStrategy.NewForYou when IsKnown:
                Take(_model.Extend(_scores.New), _mask, ReasonOfNew);
                break;
            case RecommendationStrategy.BuyAgain when IsKnown:
                var owned = new ItemMask(_model.ItemCount);
                owned.CopyFrom(_mask);
                owned.KeepOnly(_request.Taste!.Owned.Select(o => o.Item).ToArray()); // known means there is a taste
                Take(_model.Extend(_scores.ForYou), owned, ReasonOfOwn);
                break;
            case RecommendationStrategy.ForYou or RecommendationStrategy.NewForYou or RecommendationStrategy.Similar when _context >= 0:
                Take(Likeness(), _mask, _ => new RecommendationReason(RecommendationReason.SimilarTo, _model.NameOf(_context)));
                break;
            case RecommendationStrategy.BoughtTogether when _context >= 0:
                Take(Together(), _mask, _ => new RecommendationReason(RecommendationReason.BoughtTogether, _model.NameOf(_context)));
                break;
            case RecommendationStrategy.Trending:
                Fill(_model.TrendingItems, RecommendationLevel.Personal, _ => new RecommendationReason(RecommendationReason.Trending), item => Recent(item) > 0);
                break;
            case RecommendationStrategy.BestSellers:
                Fill(_model.BestSellers, RecommendationLevel.Personal, _model.BestSellerReason);
                break;
            case RecommendationStrategy.BestSellersInCategory:
                var category = FavouriteCategory();
                Fill(_model.BestSellers, RecommendationLevel.Personal, _model.BestSellerReason, category is null ? null : item => TopCategory(item) == category);
                break;
            case RecommendationStrategy.New:
                Fill(_model.Newest, RecommendationLevel.Personal, _ => new RecommendationReason(RecommendationReason.NewItem));
                break;
            case RecommendationStrategy.RecentlyViewed:
                Fill([.. _request.Taste?.Viewed ?? []], RecommendationLevel.Personal, _ => new RecommendationReason(RecommendationReason.Viewed));
                break;
            default:
                break; // nobody is known and nothing is looked at: the ladder answers
        }
    }

    /// <summary>The best positive scores inside the mask, spread out when diversity is asked for.</summary>
    private void Take(float[] scores, ItemMask mask, Func<int, RecommendationReason> reason)
    {
        if (_request.Weights is { } weights) scores = Weighted(scores, weights);
        var pool = _request.Diversity > 0 ? _request.Count * DiversityPool : _request.Count;
        var best = Learning.Ranking.Recommend.Best(scores, mask, Math.Min(pool, scores.Length)).Where(s => s.Score > 0).ToArray();
        if (_request.Diversity > 0) best = Diversity.MaximalMarginalRelevance(best, _request.Count, 1 - _request.Diversity, _model.Content.Similarity);
        foreach (var (item, score) in best.Take(_request.Count)) Add(item, score, RecommendationLevel.Personal, reason(item));
    }

    private static float[] Weighted(float[] scores, float[] weights)
    {
        var weighted = new float[scores.Length];
        System.Numerics.Tensors.TensorPrimitives.Multiply(scores, weights.AsSpan(0, scores.Length), weighted);
        return weighted;
    }

    private void Segment()
    {
        if (_request.Segment is not { } segment || !_model.Core.SegmentTops.TryGetValue(segment, out var tops)) return;
        var name = segment.ToString(CultureInfo.InvariantCulture);
        Fill(tops, RecommendationLevel.Segment, _ => new RecommendationReason(RecommendationReason.Popular, name));
    }

    private void TrendingInCategory()
    {
        if (FavouriteCategory() is { } category)
        {
            Fill(_model.TrendingItems, RecommendationLevel.TrendingInCategory, _ => new RecommendationReason(RecommendationReason.TrendingInCategory, category),
                item => Recent(item) > 0 && TopCategory(item) == category);
            return;
        }
        Fill(_model.TrendingItems, RecommendationLevel.TrendingInCategory, _ => new RecommendationReason(RecommendationReason.Trending), item => Recent(item) > 0);
    }

    private void Fill(ReadOnlySpan<int> ranking, RecommendationLevel level, Func<int, RecommendationReason> reason, Func<int, bool>? accept = null)
    {
        if (_request.Weights is { } weights) ranking = Reranked(ranking, weights);
        for (var rank = 0; rank < ranking.Length && !IsFull; rank++)
        {
            var item = ranking[rank];
            if (_mask[item] && (accept is null || accept(item))) Add(item, 1.0 / (rank + 1), level, reason(item));
        }
    }

    /// <summary>A ranking whose places count 1, ½, ⅓, … times the weight of the item; equal ones keep their order.</summary>
    private static int[] Reranked(ReadOnlySpan<int> ranking, float[] weights)
    {
        var places = ranking.ToArray();
        var worth = places.Select((item, rank) => weights[item] / (double)(rank + 1)).ToArray();
        var order = Enumerable.Range(0, places.Length).OrderByDescending(i => worth[i]).ToArray(); // stable
        return Array.ConvertAll(order, i => places[i]);
    }

    private void Add(int item, double score, RecommendationLevel level, RecommendationReason reason)
    {
        _mask.Exclude(item);
        _list.Add(new RecommendedItem(_model.IdOf(item), score, level, reason));
    }

    private RecommendationReply Reply(string why) =>
        new(_list, _list.Count == 0 ? RecommendationLevel.BestSellers : _list.Max(i => i.Level), why);

    private string Missing() => _request.Strategy switch
    {
        RecommendationStrategy.ForYou or RecommendationStrategy.NewForYou => IsKnown ? RecommendationReply.TooFewPersonal : RecommendationReply.UnknownCustomer,
        RecommendationStrategy.Similar or RecommendationStrategy.BoughtTogether when _context < 0 => RecommendationReply.UnknownItem,
        _ => RecommendationReply.TooFewPersonal,
    };

    /// <summary>Half what is written about the items, half who buys them.</summary>
    private float[] Likeness()
    {
        var scores = new float[_model.ItemCount];
        _model.Content.Score(new Learning.Data.SparseRow([_context], [1f]), scores);
        if (_context < _model.Core.ItemCount)
        {
            _model.Core.Factors.Similarities(_context, _scores.Factors);
            for (var item = 0; item < _scores.Factors.Length; item++) scores[item] += Math.Max(0, _scores.Factors[item]);
        }
        System.Numerics.Tensors.TensorPrimitives.Multiply(scores, 0.5f, scores);
        return scores;
    }

    private float[] Together()
    {
        var scores = new float[_model.ItemCount];
        if (_context >= _model.Core.ItemCount) return scores;
        var row = _model.Core.Baskets.Similarity.Row(_context);
        for (var at = 0; at < row.Count; at++) scores[row.Columns[at]] = row.Values[at];
        return scores;
    }

    private double Recent(int item) => item < _model.Core.ItemCount ? _model.Core.RecentCounts[item] : 0;

    private string? TopCategory(int item) => _model.Row(item) is { } row ? FeatureStore.ItemGroups.TopCategory(row) : null;

    /// <summary>Category of the item looked at, of the filter, or the one bought most.</summary>
    private string? FavouriteCategory()
    {
        if (_context >= 0 && TopCategory(_context) is { } looked) return looked;
        if (_request.Filters.Categories is [var wanted, ..]) return wanted.Split('/', '>', '|')[0].Trim();
        return _request.Taste?.Owned.Select(o => (Category: TopCategory(o.Item), o.OrderCount)).Where(o => o.Category is not null)
            .GroupBy(o => o.Category).OrderByDescending(g => g.Sum(o => o.OrderCount)).ThenBy(g => g.Key, StringComparer.Ordinal).FirstOrDefault()?.Key;
    }

    private RecommendationReason ReasonOfOwn(int item)
    {
        var owned = _request.Taste!.Owned; // only asked for a known customer
        foreach (var own in owned)
        {
            if (own.Item != item) continue;
            return own.MeanGapDays is { } gap
                ? new RecommendationReason(RecommendationReason.Rhythm, Text(Math.Round(gap)), Text(own.DaysSinceLast))
                : new RecommendationReason(RecommendationReason.BoughtBefore, Text(own.OrderCount), Text(own.DaysSinceLast));
        }
        return ReasonOfNew(item);
    }

    /// <summary>The own item that the same customers buy most with this one.</summary>
    private RecommendationReason ReasonOfNew(int item)
    {
        var (best, likeness) = (-1, 0f);
        foreach (var own in _request.Taste!.Owned) // only asked for a known customer
        {
            var similarity = SimilarityOf(own.Item, item);
            if (similarity > likeness) (best, likeness) = (own.Item, similarity);
        }
        return best >= 0
            ? new RecommendationReason(RecommendationReason.BecauseBought, _model.NameOf(best))
            : new RecommendationReason(RecommendationReason.FitsTaste);
    }

    private float SimilarityOf(int own, int item)
    {
        if (own >= _model.Core.ItemCount || item >= _model.Core.ItemCount) return _model.Content.Similarity(own, item);
        var row = _model.Core.Neighbours.Similarity.Row(own);
        var at = row.Columns.BinarySearch(item);
        return at < 0 ? 0 : row.Values[at];
    }

    private static string Text(double value) => value.ToString("0", CultureInfo.InvariantCulture);
}
