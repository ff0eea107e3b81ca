using CampaignPortal.Learning.Persistence;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.FeatureStore;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Marketing.Recommendations;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Recommendations;

/// <summary>A shop whose customers like either tea or tools: what a list must hold is plain to see.</summary>
public sealed class RecommendationModelTests
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly EventTableBuilder _builder = new();
    private readonly EventTable _table;
    private readonly TrainedRecommendations _trained;

    public RecommendationModelTests()
    {
        var rng = new Rng(4);
        var items = Enumerable.Range(0, 20).Select(i => _builder.Item(Code(i), $"{(i < 10 ? "green tea" : "steel tool")} {(char)('a' + i)}lpha", i < 10 ? "Food/Tea" : "Home/Tools", 10 + i)).ToArray();
        var fee = _builder.Item("POST", "postage", isOffered: false);
        for (var customer = 0; customer < 60; customer++)
        {
            for (var order = 0; order < 4; order++)
            {
                var at = Begin.AddDays(order * 30 + rng.NextInt(20));
                _builder.Add($"c{customer}", at, EventKind.OrderPlaced, fee, $"o{customer}-{order}", 1, 5);
                for (var line = 0; line < 3; line++)
                    _builder.Add($"c{customer}", at, EventKind.OrderPlaced, items[(customer % 2 == 0 ? 0 : 10) + rng.NextInt(10)], $"o{customer}-{order}", 1, 12);
            }
        }
        _table = _builder.Build();
        _trained = Train(1);
    }

    private RecommendationModel Model => _trained.Model;

    private static string Code(int item) => $"i{item:00}";

    private long Id(string code) => _table.Items.Single(i => i.ExternalId == code).Id;

    private string CodeOf(RecommendedItem item) => _table.Items.Single(i => i.Id == item.Item).ExternalId;

    private TrainedRecommendations Train(int degree, IReadOnlyDictionary<long, int>? segments = null) => RecommendationTrainer.Train(
        _table, new RecommendationSettings { Degree = degree, MinJudgedCustomers = 20, MinHistoryDays = 30 }, new Rng(2),
        segments ?? Enumerable.Range(0, 60).ToDictionary(c => _table.CustomerIds[_builder.CustomerRow($"c{c}")], c => c % 2), TestContext.Current.CancellationToken).Model!;

    private CustomerTaste TasteOf(string customer) =>
        Model.TasteOf(_trained.Purchases, _builder.CustomerRow(customer), FeatureTable.CalendarOf(_table).CutDay(_table.AsOf), _table.Items);

    private CustomerTaste Bought(params string[] codes) =>
        new([.. codes.Select(c => new OwnItem(Model.IndexOf(Id(c)), 1, 1, 10, null)).OrderBy(o => o.Item)], []);

    private static RecommendationRequest Ask(RecommendationStrategy strategy, CustomerTaste? taste = null) => new() { Strategy = strategy, Taste = taste, Count = 5 };

    [Fact]
    public void New_for_you_stays_with_the_taste_and_offers_nothing_bought_before()
    {
        var taste = Bought(Code(0), Code(1), Code(2));
        var reply = Model.Recommend(Ask(RecommendationStrategy.NewForYou, taste));

        Assert.Equal(RecommendationLevel.Personal, reply.Level);
        Assert.Equal(RecommendationReply.Full, reply.Why);
        Assert.Equal(5, reply.Items.Count);
        Assert.All(reply.Items, i => Assert.True(string.CompareOrdinal(CodeOf(i), Code(10)) < 0));
        Assert.DoesNotContain(reply.Items, i => taste.Owned.Any(o => Model.IndexOf(i.Item) == o.Item));
        Assert.All(reply.Items, i => Assert.Equal(RecommendationReason.BecauseBought, i.Reason.Code));
    }

    [Fact]
    public void Buy_again_holds_own_items_only_and_says_how_often()
    {
        var taste = TasteOf("c0");
        var reply = Model.Recommend(Ask(RecommendationStrategy.BuyAgain, taste));

        Assert.NotEmpty(reply.Items);
        Assert.All(reply.Items, i => Assert.Contains(taste.Owned, o => o.Item == Model.IndexOf(i.Item)));
        Assert.All(reply.Items, i => Assert.Contains(i.Reason.Code, new[] { RecommendationReason.Rhythm, RecommendationReason.BoughtBefore }));
    }

    [Fact]
    public void An_item_just_bought_disappears_at_once()
    {
        var taste = Bought(Code(0), Code(1));
        Assert.Contains(Model.Recommend(Ask(RecommendationStrategy.BuyAgain, taste)).Items, i => CodeOf(i) == Code(0));

        var now = taste with { Owned = [.. taste.Owned.Select(o => o.Item == Model.IndexOf(Id(Code(0))) ? o with { DaysSinceLast = 1 } : o)] };

        foreach (var strategy in Enum.GetValues<RecommendationStrategy>())
            Assert.DoesNotContain(Model.Recommend(Ask(strategy, now) with { Count = 20 }).Items, i => CodeOf(i) == Code(0));
    }

    [Fact]
    public void Filters_act_inside_the_search_so_that_lists_stay_full()
    {
        var filters = new RecommendationFilters { Categories = ["Home"], MinPrice = 22, MaxPrice = 28, ExcludedItems = new HashSet<long> { Id(Code(13)) } };
        var reply = Model.Recommend(Ask(RecommendationStrategy.ForYou, Bought(Code(0), Code(1))) with { Filters = filters });

        Assert.Equal(5, reply.Items.Count);
        Assert.All(reply.Items, i => Assert.InRange(int.Parse(CodeOf(i)[1..], System.Globalization.CultureInfo.InvariantCulture), 12, 18));
        Assert.DoesNotContain(reply.Items, i => CodeOf(i) == Code(13));
        var narrow = Model.Recommend(Ask(RecommendationStrategy.ForYou, Bought(Code(0))) with { Filters = filters with { InStock = new HashSet<long> { Id(Code(14)) } } });
        Assert.Equal(Code(14), CodeOf(Assert.Single(narrow.Items)));
        Assert.Equal(RecommendationReply.TooFewEligible, narrow.Why);
    }

    [Fact]
    public void What_is_no_product_is_never_offered()
    {
        foreach (var strategy in Enum.GetValues<RecommendationStrategy>())
        {
            var reply = Model.Recommend(Ask(strategy, TasteOf("c3")) with { Count = 30, ContextItem = Id(Code(12)), Segment = 1 });
            Assert.DoesNotContain(reply.Items, i => CodeOf(i) == "POST");
        }
    }

    [Fact]
    public void A_list_goes_down_the_ladder_until_it_is_full_and_says_so()
    {
        var stranger = Model.Recommend(Ask(RecommendationStrategy.ForYou) with { Count = 20 });
        Assert.Equal(20, stranger.Items.Count);
        Assert.Equal(RecommendationReply.UnknownCustomer, stranger.Why);

        var inSegment = Model.Recommend(Ask(RecommendationStrategy.NewForYou) with { Segment = 1 });
        Assert.Equal(RecommendationLevel.Segment, inSegment.Level);
        Assert.All(inSegment.Items, i => Assert.Equal(RecommendationReason.Popular, i.Reason.Code));
        Assert.All(inSegment.Items, i => Assert.True(string.CompareOrdinal(CodeOf(i), Code(10)) >= 0));

        var looking = Model.Recommend(Ask(RecommendationStrategy.ForYou) with { ContextItem = Id(Code(3)) });
        Assert.Equal(RecommendationReason.SimilarTo, looking.Items[0].Reason.Code);
        Assert.DoesNotContain(looking.Items, i => CodeOf(i) == Code(3));
    }

    [Fact]
    public void An_item_of_today_appears_through_what_is_written_about_it()
    {
        ItemRow[] catalogue = [.. _table.Items, new ItemRow(999, "i99", "green tea novelty", "Food/Tea", 14, null, true)];
        var model = Model.With(catalogue);
        var taste = new CustomerTaste([.. Enumerable.Range(0, 4).Select(i => new OwnItem(model.IndexOf(Id(Code(i))), 1, 1, 20, null)).OrderBy(o => o.Item)], []);

        var lists = model.Recommend(new RecommendationRequest { Strategy = RecommendationStrategy.NewForYou, Taste = taste, Count = 7 });

        Assert.Contains(lists.Items, i => i.Item == 999);
        Assert.Equal(999, model.Recommend(Ask(RecommendationStrategy.New)).Items[0].Item);
        Assert.Equal(-1, Model.IndexOf(999));
    }

    [Fact]
    public void Diversity_spreads_a_list_over_what_is_alike()
    {
        var taste = Bought(Code(0), Code(1), Code(10));
        var plain = Model.Recommend(Ask(RecommendationStrategy.ForYou, taste) with { Count = 6 }).Items;
        var spread = Model.Recommend(Ask(RecommendationStrategy.ForYou, taste) with { Count = 6, Diversity = 0.7 }).Items;
        double Alike(IReadOnlyList<RecommendedItem> items) => items.SelectMany((a, i) => items.Skip(i + 1).Select(b => (double)Model.Content.Similarity(Model.IndexOf(a.Item), Model.IndexOf(b.Item)))).Average();

        Assert.True(Alike(spread) <= Alike(plain));
        Assert.Equal(6, spread.Count);
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_bytes_and_lists_and_a_saved_model_answers_alike()
    {
        var files = Enumerable.Range(1, 3).Select(degree => ModelFolder.ToBytes(Train(degree).Model.Core)).ToArray();
        Assert.All(files, file => Assert.Equal(files[0].Weights, file.Weights));
        var lists = Enumerable.Range(1, 3).Select(degree => Show(Model.ListsFor(_table, _trained.Purchases, degree: degree, ct: TestContext.Current.CancellationToken))).ToArray();
        Assert.All(lists, list => Assert.Equal(lists[0], list));

        var folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        Model.Save(folder);
        var loaded = RecommendationModel.Load(folder, _table.Items);
        Directory.Delete(folder, recursive: true);
        Assert.Equal(lists[0], Show(loaded.ListsFor(_table, _trained.Purchases, ct: TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void A_batch_gives_what_single_requests_give()
    {
        var batch = Model.ListsFor(_table, _trained.Purchases, count: 5, ct: TestContext.Current.CancellationToken).Where(r => r.CustomerId == _table.CustomerIds[_builder.CustomerRow("c7")]);
        foreach (var row in batch)
        {
            var strategy = row.List switch { RecommendationRow.ForYou => RecommendationStrategy.ForYou, RecommendationRow.BuyAgain => RecommendationStrategy.BuyAgain, _ => RecommendationStrategy.NewForYou };
            Assert.Equal(row.Items.Select(i => i.Item), Model.Recommend(Ask(strategy, TasteOf("c7"))).Items.Select(i => i.Item));
        }
    }

    [Fact]
    public void A_shop_without_orders_is_told_what_it_needs()
    {
        var result = RecommendationTrainer.Train(new EventTableBuilder().Build(), new RecommendationSettings(), new Rng(1), ct: TestContext.Current.CancellationToken);
        Assert.Equal(TrainingOutcome.NotEnoughData, result.Outcome);
        Assert.Contains("order", result.Reason, StringComparison.Ordinal);
    }

    private static string Show(IEnumerable<RecommendationRow> rows) =>
        string.Join('\n', rows.Select(r => $"{r.CustomerId} {r.List} {string.Join(',', r.Items.Select(i => $"{i.Item}:{i.Score:R}:{i.Reason.Code}"))}"));
}
