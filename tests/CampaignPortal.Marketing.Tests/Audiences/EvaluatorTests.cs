using CampaignPortal.Marketing.Audiences.Evaluation;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Marketing.Tests.Audiences;

/// <summary>The plain evaluator, the statements and the book say the same of every customer, and reading back a rule changes nothing.</summary>
public sealed class EvaluatorTests
{
    private const int RuleCount = 10_000, ConditionCount = 1_500;

    private static readonly string[] AllTypes =
        ["item_viewed", "order_placed", "order_returned", "cart_added", "custom", "message_sent", "message_delivered", "message_opened", "message_clicked", "message_bounced"];

    [Fact]
    [Trait("Promise", "S-49")]
    public async Task Statements_book_and_plain_reading_agree_on_random_rules_and_customers()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var store = await AudienceShop.OpenAsync();
        var engine = store.Get<AudienceEngine>();
        await engine.FillAsync(ct);
        using var byBook = engine.Begin(ct);
        using var byStore = engine.Begin(ct);
        byStore.WithoutBook = true;
        var facts = FactsReader.Read(byStore.Connection, [.. byStore.Everyone.Members()], AllTypes, ct);
        var reference = new RuleEvaluator(PlainMoment.Of(byStore.Moment, facts.Values), byStore.ItemsOf);
        var (matching, rest) = (0, 0);
        for (var seed = 0; seed < RuleCount; seed++)
        {
            var rule = RandomRules.Rule(new Rng(seed));
            var read = RuleJson.Read(RuleJson.Write(rule));
            Assert.True(read.IsOk, $"Seed {seed}: {read.Problem?.Field} {read.Problem?.Message}");
            Assert.Equal(rule, read.Value);
            var expected = CustomerSet.Of(facts.Values.Where(f => reference.Matches(rule, f)).Select(f => f.Id), byStore.Everyone.Capacity).ToArray();
            Assert.True(expected.SequenceEqual(byStore.Of(rule, ct).ToArray()), $"Seed {seed}, statements: {RuleJson.Write(rule)}");
            Assert.True(expected.SequenceEqual(byBook.Of(rule, ct).ToArray()), $"Seed {seed}, book: {RuleJson.Write(rule)}");
            (matching, rest) = (matching + expected.Length, rest + facts.Count - expected.Length);
        }
        // The law would be empty if rules matched everybody or nobody.
        Assert.True(matching > 10_000 && rest > 10_000, $"{matching} matched, {rest} did not.");
    }

    [Fact]
    public async Task Each_condition_alone_agrees_and_most_find_somebody()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var store = await AudienceShop.OpenAsync();
        var engine = store.Get<AudienceEngine>();
        await engine.FillAsync(ct);
        using var byBook = engine.Begin(ct);
        using var byStore = engine.Begin(ct);
        byStore.WithoutBook = true;
        var facts = FactsReader.Read(byStore.Connection, [.. byStore.Everyone.Members()], AllTypes, ct);
        var reference = new RuleEvaluator(PlainMoment.Of(byStore.Moment, facts.Values), byStore.ItemsOf);
        var found = new Dictionary<Type, int>();
        for (var seed = 0; seed < ConditionCount; seed++)
        {
            var condition = RandomRules.Condition(new Rng(seed));
            var expected = facts.Values.Where(f => reference.Matches(condition, f)).Select(f => f.Id).Order().ToArray();
            Assert.True(expected.SequenceEqual(byStore.Of(condition, ct).ToArray()), $"Seed {seed}, statement: {condition}");
            Assert.True(expected.SequenceEqual(byBook.Of(condition, ct).ToArray()), $"Seed {seed}, book: {condition}");
            if (expected.Length > 0 && expected.Length < facts.Count) found[condition.GetType()] = found.GetValueOrDefault(condition.GetType()) + 1;
        }
        Assert.Equal(15, found.Count); // every kind of condition splits the customers at least once
    }

    [Fact]
    public async Task The_next_change_is_never_later_than_the_first_moment_at_which_time_changes_the_answer()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var store = await AudienceShop.OpenAsync(customerCount: 30);
        using var evaluation = store.Get<AudienceEngine>().Begin(ct);
        var facts = FactsReader.Read(evaluation.Connection, [.. evaluation.Everyone.Members()], AllTypes, ct);
        var flips = 0;
        for (var seed = 0; seed < 150; seed++)
        {
            var rng = new Rng(seed);
            var rule = new AudienceRule(new RuleGroup(GroupKind.All, [new EventCondition(EventQuery.Of("item_viewed", EventWindow.Last(1 + rng.NextInt(30))), new NumberTest((NumberOperator)rng.NextInt(6), rng.NextInt(3)))]), []);
            var now = new RuleEvaluator(evaluation.Moment, evaluation.ItemsOf);
            foreach (var customer in facts.Values)
            {
                var later = new RuleEvaluator(evaluation.Moment with { Now = evaluation.Moment.Now.AddHours(rng.NextInt(24 * 30)) }, evaluation.ItemsOf);
                var next = now.NextChange(rule, customer);
                if (now.Matches(rule, customer) == later.Matches(rule, customer)) continue;
                flips++;
                Assert.True(next is { } at && at <= MomentOf(later), $"Seed {seed}, customer {customer.Id}: changed before {next}");
            }
        }
        Assert.True(flips > 100);

        static long MomentOf(RuleEvaluator evaluator) => evaluator.Now.UtcTicks;
    }

    [Theory]
    [InlineData("""{"version":1,"who":{"kind":"group","join":"all","rules":[]},"leaveOut":[]}""", null)]
    [InlineData("""{"version":2,"who":{"kind":"group","join":"all","rules":[]},"leaveOut":[]}""", "$.version")]
    [InlineData("""{"version":1,"who":{"kind":"group","join":"all","rules":[{"kind":"sql","text":"1=1"}]},"leaveOut":[]}""", "$.who.rules[0]")]
    [InlineData("""{"version":1,"who":{"kind":"group","join":"all","rules":[],"and":true},"leaveOut":[]}""", "$.who.and")]
    [InlineData("""{"version":1,"who":{"kind":"group","join":"all","rules":[{"kind":"attribute","attribute":"a","test":{"test":"text","operator":"pattern","values":["(a+)+\\1"]}}]},"leaveOut":[]}""", "who.0")]
    [InlineData("nothing", "$")]
    public void What_is_wrong_is_refused_with_its_place(string json, string? place)
    {
        var read = RuleJson.Read(json);
        if (place is null) Assert.True(read.IsOk, read.Problem?.Message);
        else Assert.StartsWith(place, read.Problem!.Field, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Promise", "S-49")]
    public void A_tree_that_is_too_deep_or_too_large_is_refused_before_it_is_asked()
    {
        Rule deep = new ListCondition([1]);
        for (var depth = 0; depth < 9; depth++) deep = new RuleGroup(GroupKind.All, [deep]);
        Assert.Contains("8 deep", RuleJson.Read(RuleJson.Write(new AudienceRule((RuleGroup)deep, []))).Problem!.Message, StringComparison.Ordinal);

        var wide = new RuleGroup(GroupKind.Any, [.. Enumerable.Repeat<Rule>(new ListCondition([1]), 10_000)]);
        Assert.Contains("at most 200", RuleJson.Read(RuleJson.Write(new AudienceRule(wide, []))).Problem!.Message, StringComparison.Ordinal);
    }
}
