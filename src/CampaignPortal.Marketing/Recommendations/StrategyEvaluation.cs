using CampaignPortal.Learning.Ranking;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Marketing.Predictions.Propensity;
using CampaignPortal.Marketing.Recommendations.Serving;

namespace CampaignPortal.Marketing.Recommendations;

/// <summary>Judges every strategy as it is served, fallbacks included, on customers who bought later; and what variety would cost.</summary>
/// <remarks>
/// Strategies that start from a product are given the one that the customer bought last. Customer by customer, so that the scores of one
/// serve all of the lists; the result does not depend on the number of threads.
/// </remarks>
internal static class StrategyEvaluation
{
    /// <summary>Customers judged: a share of a thousand is known within three points, and the lists of more cost as much as training.</summary>
    private const int MaxCustomers = 1000, MaxCustomersOfSlider = 400;

    private static readonly double[] SliderSteps = [0.25, 0.5, 0.75, 1];

    public static IReadOnlyList<StrategyQuality> Judge(RecommendationModel model, JudgedWindow window, int listLength, int degree, CancellationToken ct)
    {
        var customers = Array.ConvertAll(Spread(window.CustomerCount, MaxCustomers), row => new JudgedCustomer(model, window.Tastes[row], window.Truth[row]));
        var contests = Strategies.All.Select(strategy => new Contest(strategy, Array.FindAll(customers, c => c.TruthOf(strategy).Count > 0))).Where(c => c.Customers.Length > 0).ToArray();
        var tasks = contests.SelectMany(c => c.Trials).SelectMany(t => t.Customers.Select((customer, at) => (Customer: customer, Trial: t, At: at))).ToLookup(t => t.Customer);
        Parallel.For(0, degree, new ParallelOptions { MaxDegreeOfParallelism = degree, TaskScheduler = TaskScheduler.Current, CancellationToken = ct }, part =>
        {
            var scores = new PersonalScores(model.Core.ItemCount);
            for (var c = part; c < customers.Length; c += degree)
            {
                ct.ThrowIfCancellationRequested();
                model.Core.Score(customers[c].Taste, scores, withNew: true);
                foreach (var (customer, trial, at) in tasks[customers[c]]) trial.Serve(model, customer, at, listLength, scores);
            }
        });
        return [.. contests.Select(c => c.Quality(Math.Max(1, model.OfferedCount)))];
    }

    /// <summary>So many of all, evenly spread: the same ones for the same shop.</summary>
    private static int[] Spread(int count, int wanted) =>
        [.. Enumerable.Range(0, Math.Min(count, wanted)).Select(i => (int)((long)i * count / Math.Min(count, wanted)))];

    /// <summary>A share with Wilson's score interval.</summary>
    internal static MeasuredShare Share(double rate, int count)
    {
        var share = PropensityQuality.Proportion(rate * count, count);
        return new MeasuredShare(rate, share.Lower, share.Upper);
    }

    /// <summary>Somebody who bought before the window and in it.</summary>
    private sealed class JudgedCustomer
    {
        private readonly HashSet<int> _all, _new, _again;

        public JudgedCustomer(RecommendationModel model, CustomerTaste taste, HashSet<int> truth)
        {
            Taste = taste;
            LastBought = model.IdOf(taste.Owned.OrderBy(o => o.DaysSinceLast).ThenByDescending(o => o.FadedCount).ThenBy(o => o.Item).First().Item);
            var owned = taste.Owned.Select(o => o.Item).ToHashSet();
            (_all, _new, _again) = (truth, [.. truth.Where(item => !owned.Contains(item))], [.. truth.Where(owned.Contains)]);
        }

        public CustomerTaste Taste { get; }

        public long LastBought { get; }

        /// <summary>What counts as found: everything bought later, or only what is new to the customer, or known.</summary>
        public HashSet<int> TruthOf(string strategy) => strategy switch { Strategies.NewForYou => _new, Strategies.BuyAgain => _again, _ => _all };
    }

    /// <summary>One strategy: its own lists, best sellers instead of them, and its lists with more variety.</summary>
    private sealed class Contest
    {
        private readonly string _strategy;
        private readonly Trial _own;
        private readonly Trial? _popular;
        private readonly Trial[] _slider;
        private readonly int[] _few;

        public Contest(string strategy, JudgedCustomer[] customers)
        {
            (_strategy, Customers) = (strategy, customers);
            _own = new Trial(strategy, Strategies.KindOf(strategy)!.Value, 0, customers); // it comes from the list of those served
            _popular = strategy is Strategies.BestSellers ? null : new Trial(strategy, RecommendationStrategy.BestSellers, 0, customers);
            _few = Spread(customers.Length, MaxCustomersOfSlider);
            _slider = Strategies.HasSlider(strategy) ? Array.ConvertAll(SliderSteps, step => new Trial(strategy, _own.Served, step, Array.ConvertAll(_few, i => customers[i]))) : [];
        }

        public JudgedCustomer[] Customers { get; }

        public IEnumerable<Trial> Trials => [_own, .. _popular is null ? Array.Empty<Trial>() : [_popular], .. _slider];

        public StrategyQuality Quality(int offered)
        {
            var own = _own.Point(offered);
            DiversityPoint[] slider = _slider.Length == 0 ? [] : [_own.Point(offered, _few), .. _slider.Select(t => t.Point(offered))];
            return new StrategyQuality(_strategy, Customers.Length, Share(own.HitRate, Customers.Length), (_popular ?? _own).HitRate, own.Coverage, slider);
        }
    }

    /// <summary>The lists of one way to serve.</summary>
    /// <param name="strategy">Decides what counts as found.</param>
    /// <param name="served">What makes the lists.</param>
    private sealed class Trial(string strategy, RecommendationStrategy served, double diversity, JudgedCustomer[] customers)
    {
        private readonly int[][] _lists = new int[customers.Length][];
        private readonly bool[] _hits = new bool[customers.Length];
        private readonly double[] _variety = new double[customers.Length];

        public RecommendationStrategy Served => served;

        public JudgedCustomer[] Customers => customers;

        public double HitRate => _hits.Count(h => h) / (double)_hits.Length;

        /// <param name="scores">Of this customer.</param>
        public void Serve(RecommendationModel model, JudgedCustomer customer, int at, int listLength, PersonalScores scores)
        {
            var list = model.PlacesOf(new RecommendationRequest
            {
                Strategy = served, Count = listLength, Taste = customer.Taste, Diversity = diversity,
                ContextItem = Strategies.NeedsItem(strategy) ? customer.LastBought : null,
                Filters = strategy is Strategies.NewForYou ? NewOnly : RecommendationFilters.None,
            }, scores);
            var truth = customer.TruthOf(strategy);
            (_lists[at], _hits[at]) = (list, Array.Exists(list, truth.Contains));
            if (Strategies.HasSlider(strategy) && served is not RecommendationStrategy.BestSellers) _variety[at] = Diversity.IntraList(list, model.Content.Similarity);
        }

        public DiversityPoint Point(int offered) => Point(offered, [.. Enumerable.Range(0, customers.Length)]);

        public DiversityPoint Point(int offered, int[] some) => new(
            diversity, some.Count(i => _hits[i]) / (double)some.Length, some.SelectMany(i => _lists[i]).Distinct().Count() / (double)offered, some.Sum(i => _variety[i]) / some.Length);
    }

    private static readonly RecommendationFilters NewOnly = RecommendationFilters.None with { NotBoughtInDays = int.MaxValue };
}
