using System.Globalization;
using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Testing;
using CampaignPortal.Web.Features.Audiences;
using CampaignPortal.Web.Resources;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Web.Tests.Pages;

/// <summary>Parts of the builder in their states, and rules in words.</summary>
public sealed class AudiencePartsTests
{
    private static readonly AudienceRule Rule = new(
        new RuleGroup(GroupKind.All,
        [
            new EventCondition(new EventQuery("order_placed", EventWindow.Last(180), [], new ItemFilter(ItemFilterKind.Category, ["Bedding"])), NumberTest.AtLeast(1)),
            new PredictionCondition("purchase-30", PredictionOperator.Top, 30),
            new RuleGroup(GroupKind.Any,
            [
                new EventCondition(EventQuery.Of("item_viewed", EventWindow.Last(14)), NumberTest.AtLeast(1)),
                new MessageCondition(MessageAction.Clicked, [], NumberTest.AtLeast(2), EventWindow.Last(60)),
            ]),
            new EventCondition(EventQuery.Of("order_placed", EventWindow.Last(7)), NumberTest.Never),
        ]),
        [new MembershipCondition(7, true)]);

    private static readonly BuilderChoices Choices = BuilderChoices.Of(
        new RuleChoices([], ["order_placed", "item_viewed"], ["Bedding"], ["purchase-30"], [0], [new AudienceName(7, "Open complaint")], []), new Dictionary<int, string> { [0] = "Regulars" }, "EUR");

    private static readonly Rule[] Questions =
    [
        new AttributeCondition(RuleFigures.Spent, new RankTest(RankSide.Top, 10)),
        new AttributeCondition(RuleFigures.Orders, new NumberTest(NumberOperator.Equal, 1)),
        new AttributeCondition(RuleFigures.LastOrder, new DateTest(DateOperator.Hours) { FromHour = 18, ToHour = 22 }),
        new AttributeCondition("country", new TextTest(TextOperator.IsNot, ["France"])),
        new PlaceCondition(50.73, 7.1, 25),
        new EventCondition(EventQuery.Of("order_placed", new EventWindow(SinceCampaign: "9")), NumberTest.AtLeast(1)),
        new EventCondition(EventQuery.Of("order_placed", EventWindow.Ever) with { Where = [new PropertyFilter(RuleFigures.EventTime, new DateTest(DateOperator.Weekday) { Weekdays = [DayOfWeek.Saturday] })] }, NumberTest.AtLeast(1)),
        new RatioCondition(Measure.Count(new EventQuery("order_placed", EventWindow.Last(180), [], new ItemFilter(ItemFilterKind.Category, ["Bedding"]))), Measure.Count(EventQuery.Of("order_placed", EventWindow.Last(180))), NumberTest.AtLeast(0.5m)),
        new ConsentCondition("email", "new titles", ConsentState.Granted),
        new AttributeCondition("tags", new ListTest(ListOperator.None, ["vip"], OrMissing: true)),
        new AttributeCondition("points", new NumberTest(NumberOperator.NotEqual, 3, OrMissing: true)),
        new TasteCondition("order_placed", EventWindow.Last(180), "Bedding", TasteOperator.Top, 2),
        new TasteCondition("item_viewed", EventWindow.Ever, "Bedding", TasteOperator.Top, 1),
        new TasteCondition("cart_added", EventWindow.Last(30), "Bedding", TasteOperator.Share, 0.305m),
        new RecommendableCondition("new-for-you", 3),
        new AttributeCondition("country", new TextTest(TextOperator.Is, ["DE", "FR"])),
        new AttributeCondition("city", new TextTest(TextOperator.IsNot, ["Berlin"], OrMissing: true)),
        new LocalHourCondition(18, 22),
    ];

    public static TheoryData<int, string, string> Phrases => new()
    {
        { 0, "have “Money spent” among the top 10%", "“消费金额”居前 10%" },
        { 1, "have “Orders” of exactly 1", "“订单数”等于 1" },
        { 2, "have “Last order” between 18:00 and 22:00", "“最近下单”介于 18:00 和 22:00 之间" },
        { 3, "do not live in France", "不住在France" },
        { 4, "live within 25 km of 50.73°, 7.10°", "位于 50.73°，7.10° 周边 25 公里内" },
        { 5, "ordered since the campaign “9”", "活动“9”发出以来下过订单" },
        { 6, "ordered with “time” on a Saturday", "下过订单（其中“时间”在 星期六）" },
        { 7, "have a share of at least 50%: “Ordered” from Bedding in the last 180 days out of “Ordered” in the last 180 days", "占比至少 50%（最近 180 天“下单”（品类：Bedding）次数，整体为最近 180 天“下单”次数）" },
        { 8, "said yes to e-mail (topic “new titles”)", "已同意接收邮件（主题“new titles”）" },
        { 9, "have “tags” with none of vip or not known", "“tags”均不包含：vip或未知" },
        { 10, "have “points” other than 3 or not known", "“points”不等于 3或未知" },
        { 11, "have “Bedding” among the top 2 categories of what they ordered in the last 180 days", "最近 180 天下单的商品中“Bedding”居前 2 大品类" },
        { 12, "have “Bedding” as the top category of what they viewed", "浏览的商品中“Bedding”为第一大品类" },
        { 13, "have “Bedding” in at least 30.5% of what they put in the cart in the last 30 days", "最近 30 天加入购物车的商品中“Bedding”占比至少 30.5%" },
        { 14, "have at least 3 products to recommend in “New for you”", "“新品尝试”中至少有 3 件可推荐商品" },
        { 15, "live in Germany or France", "住在德国或法国" },
        { 16, "do not live in Berlin as far as is known", "不住在Berlin（或未知）" },
        { 17, "now have a time between 18:00 and 22:00 on their own clock", "当地时间现在介于 18:00 和 22:00 之间" },
    };

    private Rule? _changed;

    [Fact]
    public void A_rule_reads_as_a_sentence_in_both_languages()
    {
        Assert.Equal(
            "Customers who ordered from Bedding in the last 180 days, are in the top 30% by “Buys again within 30 days”, (viewed an item in the last 14 days or clicked an e-mail at least 2 times in the last 60 days) and have not ordered in the last 7 days. Without those who are in “Open complaint”.",
            In("en", () => Choices.Sentence.Of(Rule)));
        var chinese = In("zh-Hans", () => Choices.Sentence.Of(Rule));
        Assert.Contains("最近 180 天下过订单（品类：Bedding）", chinese, StringComparison.Ordinal);
        Assert.EndsWith("的客户。", chinese, StringComparison.Ordinal);
        Assert.DoesNotContain('{', chinese);
    }

    [Theory]
    [MemberData(nameof(Phrases))]
    public void Each_question_is_said_in_both_languages(int number, string english, string chinese)
    {
        var sentence = Choices.Sentence;
        Assert.Equal(english, In("en", () => sentence.Of(Questions[number])));
        Assert.Equal(chinese, In("zh-Hans", () => sentence.Of(Questions[number])));
    }

    [Fact]
    public void Those_chosen_by_hand_are_said_behind_the_rule()
    {
        var rule = AudienceRule.Everyone with { Added = [4], Removed = [5, 6] };
        Assert.Equal("All customers. 1 person was added by hand. 2 people were taken out by hand.", In("en", () => Choices.Sentence.Of(rule)));
        Assert.Equal("全部客户。另手动加入 1 人。手动移除 2 人。", In("zh-Hans", () => Choices.Sentence.Of(rule)));
    }

    [Fact]
    public void Every_operator_action_and_finding_has_a_word()
    {
        foreach (var name in Enum.GetNames<NumberOperator>()) Assert.NotNull(Word("Number_" + name));
        foreach (var name in Enum.GetNames<NumberOperator>()) Assert.NotNull(Word("PhraseTimes_" + name));
        foreach (var name in Enum.GetNames<RankSide>()) Assert.NotNull(Word("Rank_" + name));
        foreach (var name in Enum.GetNames<NumberOperator>().Select(n => "Number_" + n).Concat(Enum.GetNames<TextOperator>().Select(n => "Text_" + n)).Concat(Enum.GetNames<DateOperator>().Select(n => "Date_" + n))
            .Concat(Enum.GetNames<ListOperator>().Select(n => "List_" + n)).Concat(Enum.GetNames<AggregateKind>().Select(n => "Aggregate_" + n))) Assert.NotNull(Word("Said_" + name));
        foreach (var name in Enum.GetNames<TextOperator>()) Assert.NotNull(Word("Text_" + name));
        foreach (var name in Enum.GetNames<DateOperator>()) Assert.NotNull(Word("Date_" + name));
        foreach (var name in Enum.GetNames<ListOperator>()) Assert.NotNull(Word("List_" + name));
        foreach (var name in Enum.GetNames<PredictionOperator>()) Assert.NotNull(Word("Prediction_" + name));
        foreach (var name in Enum.GetNames<TasteOperator>().Concat(TasteCondition.Events)) Assert.NotNull(Word("Taste_" + name));
        foreach (var name in Enum.GetNames<AggregateKind>()) Assert.NotNull(Word("Aggregate_" + name));
        foreach (var name in Enum.GetNames<ConsentState>()) Assert.True(Word("Consent_" + name) is not null && Word("PhraseConsent_" + name) is not null);
        foreach (var name in Enum.GetNames<MessageAction>()) Assert.True(Word("Message_" + name) is not null && Word("PhraseMessage_" + name) is not null && Word("PhraseMessageNot_" + name) is not null);
        foreach (var name in Enum.GetNames<StaleReason>()) Assert.NotNull(Word("Stale_" + name));
        foreach (var name in Enum.GetNames<RuleFindingKind>()) Assert.NotNull(Word("Finding_" + name));
        foreach (var kind in ConditionKind.Groups.SelectMany(g => g.Kinds.Select(k => "Kind" + k.Key).Append("Group" + g.Group))) Assert.NotNull(Word(kind));
        foreach (var idea in AudienceIdea.All) Assert.NotNull(Word("Idea_" + idea.Key));
        foreach (var figure in RuleFigures.All) Assert.NotEqual(figure.Name, AudienceNames.Figure(figure.Name));

        static string? Word(string key) => AudienceWords.ResourceManager.GetString(key, CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task The_tree_changes_by_its_buttons_and_every_step_can_be_undone()
    {
        var state = new BuilderState(Rule, Choices, canEdit: true);
        var part = await RenderedPart.RenderAsync<RuleGroupView>(new Dictionary<string, object?> { ["State"] = state, ["Path"] = RuleTree.Who, ["Group"] = Rule.Who }, Configure);

        await part.ClickAsync(".aud-join .seg button:nth-child(2)");
        Assert.Equal(GroupKind.Any, state.Rule.Who.Join);
        await part.ClickAsync(".aud-cond button[aria-label^='Remove: ']");
        Assert.IsType<PredictionCondition>(state.Rule.Who.Rules[0]);
        await part.ClickAsync(".aud-cond .menu button:nth-of-type(4)");
        Assert.True(state.Rule.Who.Rules[0].IsOff);
        while (state.CanUndo) state.Undo();
        Assert.Equal(Rule, state.Rule);
        state.Redo();
        Assert.Equal(GroupKind.Any, state.Rule.Who.Join);
    }

    [Fact]
    public async Task A_condition_moves_to_another_group_by_its_menu_and_by_dragging_and_both_can_be_undone()
    {
        var (state, told) = Heard();
        var part = await TreeAsync(state);
        Assert.Equal(["(viewed an item in the last 14 days or clicked an e-mail at least 2 times in the last 60 days)", "Leave out"], part.FindAll(".aud-cond .aud-actions .ell").Take(2).Select(e => e.TextContent));
        await part.ClickAsync(".aud-cond .aud-actions button[title^='(viewed']");
        Assert.Equal(Rule.Who.Rules[0], ((RuleGroup)state.Rule.Who.Rules[1]).Rules[2]);
        Assert.EndsWith("now number 3 of 3 in “(viewed an item in the last 14 days, clicked an e-mail at least 2 times in the last 60 days or ordered from Bedding in the last 180 days)”.", told[^1], StringComparison.Ordinal);
        state.Undo();
        Assert.Equal(Rule, state.Rule);

        state.Moves.Begin("who.2"); // the group, onto those left out
        state.Moves.DropInto(RuleTree.LeaveOut);
        Assert.Equal([Rule.LeaveOut[0], Rule.Who.Rules[2]], state.Rule.LeaveOut);
        state.Moves.DropBefore("who.0"); // nothing is held any more
        Assert.Equal(2, state.Rule.LeaveOut.Count);
        state.Undo();
        state.Moves.Begin("who.3");
        state.Moves.DropBefore("who.2.1");
        Assert.Equal(Rule.Who.Rules[3], ((RuleGroup)state.Rule.Who.Rules[2]).Rules[1]);
        state.Undo();
        state.Moves.Begin("who.2");
        state.Moves.DropInto("who.2"); // not into itself
        Assert.Equal(Rule, state.Rule);
    }

    [Fact]
    public async Task The_handle_moves_copies_and_pastes_by_the_keyboard_and_the_moved_one_keeps_the_focus()
    {
        var (state, told) = Heard();
        var part = await TreeAsync(state);
        await part.RaiseAsync(".aud-nest > .aud-join .aud-grip", "onkeydown", new KeyboardEventArgs { AltKey = true, Key = "ArrowUp" });
        Assert.Equal(Rule.Who.Rules[2], state.Rule.Who.Rules[1]);
        Assert.EndsWith("now number 2 of 4 in “the top level”.", told[^1], StringComparison.Ordinal);
        Assert.Equal("who.1", state.Moves.FocusPath);
        state.Undo();

        await part.RaiseAsync(".aud-nest > .aud-join .aud-grip", "onkeydown", new KeyboardEventArgs { CtrlKey = true, Key = "c" });
        Assert.StartsWith("Copied.", told[^1], StringComparison.Ordinal);
        await part.RaiseAsync(".aud-cond .aud-grip", "onkeydown", new KeyboardEventArgs { MetaKey = true, Key = "v" });
        Assert.Equal([.. Rule.Who.Rules, Rule.Who.Rules[2]], state.Rule.Who.Rules);
        state.Undo();
        Assert.Equal(Rule, state.Rule);
    }

    [Fact]
    public async Task What_was_copied_is_pasted_into_another_rule_and_what_grows_too_deep_is_refused()
    {
        Rule? kept = null;
        var (here, _) = Heard();
        here.Moves.Keep = rule => Task.FromResult(kept = rule);
        await here.Moves.CopyAsync("who.2");
        Assert.Equal(Rule.Who.Rules[2], kept);

        var (there, told) = Heard(AudienceRule.Everyone);
        await there.Moves.PasteAsync(RuleTree.Who);
        Assert.Equal(("Nothing has been copied yet.", AudienceRule.Everyone), (told[^1], there.Rule));
        there.Moves.Kept = () => Task.FromResult(kept);
        await (await TreeAsync(there)).ClickAsync("button[aria-label='Paste what was copied']");
        Assert.Equal([Rule.Who.Rules[2]], there.Rule.Who.Rules);

        var path = RuleTree.Who;
        for (var depth = 1; depth < RuleLimits.Depth; depth++)
        {
            var inner = there.Rule.Who.Rules.Count;
            there.Set(RuleTree.Add(there.Rule, path, new RuleGroup(GroupKind.Any, [])));
            path = RuleTree.Child(path, depth is 1 ? inner : 0);
        }
        var before = there.Rule;
        await there.Moves.PasteAsync(path);
        Assert.StartsWith("This would be deeper than 8 groups", told[^1], StringComparison.Ordinal);
        Assert.Equal(before, there.Rule);
    }

    private static (BuilderState State, List<string> Told) Heard(AudienceRule? rule = null)
    {
        Configure(new ServiceCollection());
        var (state, told) = (new BuilderState(rule ?? Rule, Choices, canEdit: true), new List<string>());
        state.Moves.Told += (text, _) => told.Add(text);
        return (state, told);
    }

    private static Task<RenderedPart> TreeAsync(BuilderState state) =>
        RenderedPart.RenderAsync<RuleGroupView>(new Dictionary<string, object?> { ["State"] = state, ["Path"] = RuleTree.Who, ["Group"] = state.Rule.Who }, Configure);

    [Fact]
    public async Task Who_may_only_read_has_no_button_that_changes()
    {
        var state = new BuilderState(Rule, Choices, canEdit: false);
        var part = await RenderedPart.RenderAsync<RuleGroupView>(new Dictionary<string, object?> { ["State"] = state, ["Path"] = RuleTree.Who, ["Group"] = Rule.Who }, Configure);

        Assert.DoesNotContain(part.FindAll("button:not([disabled]), summary"), button => button.Closest("fieldset[disabled]") is null);
        Assert.All(part.FindAll(".aud-fields"), fields => Assert.True(fields.HasAttribute("disabled")));
        state.Set(AudienceRule.Everyone);
        Assert.Equal(Rule, state.Rule);
    }

    [Fact]
    public async Task Several_campaigns_are_chosen_one_after_another_and_taken_back_singly()
    {
        var choices = Choices with { Rules = Choices.Rules with { Campaigns = [new CampaignName("1", "Spring"), new CampaignName("2", "Summer"), new CampaignName("3", "Autumn")] } };
        var part = await EditorAsync(new MessageCondition(MessageAction.Opened, ["1"], NumberTest.AtLeast(1), EventWindow.Ever), choices);
        Assert.Equal(["", "2", "3"], part.FindAll("select[aria-label=Campaign] option").Select(o => o.GetAttribute("value")));

        await part.ChangeAsync("select[aria-label=Campaign]", "3");
        Assert.Equal(["1", "3"], Assert.IsType<MessageCondition>(_changed).Campaigns);
        await part.ClickAsync(".chip button");
        Assert.Empty(Assert.IsType<MessageCondition>(_changed).Campaigns);
    }

    [Theory]
    [InlineData(NumberOperator.NotEqual, true)]
    [InlineData(NumberOperator.Equal, false)]
    public async Task Is_not_of_a_number_says_whether_people_without_it_are_in(NumberOperator op, bool asks)
    {
        var part = await EditorAsync(new AttributeCondition("points", new NumberTest(op, 3)));
        Assert.Equal(asks, part.FindAll("input[type=checkbox]").Count > 0);
        if (!asks) return;
        await part.ChangeAsync("input[type=checkbox]", true);
        Assert.Equal(new AttributeCondition("points", new NumberTest(op, 3, OrMissing: true)), _changed);
        // Whoever never ordered has 0 orders: nobody lacks the figure, and nothing is asked.
        Assert.Empty((await EditorAsync(new AttributeCondition(RuleFigures.Orders, new NumberTest(op, 3)))).FindAll("input[type=checkbox]"));
    }

    [Fact]
    public async Task None_of_a_list_says_whether_people_without_one_are_in_and_a_topic_can_be_chosen()
    {
        var part = await EditorAsync(new AttributeCondition("tags", new ListTest(ListOperator.None, ["vip"])));
        await part.ChangeAsync("input[type=checkbox]", true);
        Assert.Equal(new AttributeCondition("tags", new ListTest(ListOperator.None, ["vip"], OrMissing: true)), _changed);

        var consent = await EditorAsync(new ConsentCondition("email", "marketing", ConsentState.Granted), Choices with { Rules = Choices.Rules with { Topics = ["new titles"] } });
        await consent.ChangeAsync("select[aria-label=Topic]", "new titles");
        Assert.Equal(new ConsentCondition("email", "new titles", ConsentState.Granted), _changed);
    }

    [Fact]
    public async Task A_taste_is_asked_by_a_place_or_a_share_and_a_list_by_its_length()
    {
        var taste = new TasteCondition("order_placed", EventWindow.Last(180), "Bedding", TasteOperator.Top, 2);
        var part = await EditorAsync(taste, Choices with { Rules = Choices.Rules with { Categories = ["Bedding", "Lighting"] } });
        await part.ChangeAsync("select[aria-label=Category]", "Lighting");
        Assert.Equal(taste with { Category = "Lighting" }, _changed);
        await part.ChangeAsync("select[aria-label=Comparison]", nameof(TasteOperator.Share));
        Assert.Equal(taste with { Operator = TasteOperator.Share, Value = 0.3m }, _changed);
        await part.ChangeAsync("input[aria-label=categories]", "21"); // more than can be asked
        Assert.Equal(TasteOperator.Share, Assert.IsType<TasteCondition>(_changed).Operator);

        await (await EditorAsync(new RecommendableCondition("for-you", 3))).ChangeAsync("input[aria-label='Number of products']", "5");
        Assert.Equal(new RecommendableCondition("for-you", 5), _changed);
    }

    [Fact]
    public async Task Places_are_chosen_one_after_another_from_those_there_are_or_typed()
    {
        var choices = Choices with { Rules = Choices.Rules with { Attributes = [new AttributeChoice("country", Marketing.Customers.Attributes.AttributeKind.Text, ["DE", "FR", "AT"])] } };
        var rule = new AttributeCondition("country", new TextTest(TextOperator.Is, ["DE"]));
        var part = await EditorAsync(rule, choices);
        Assert.Equal(["France", "Austria"], part.FindAll("datalist option").Select(o => o.GetAttribute("value")));
        Assert.Empty(part.FindAll(".chip button")); // one always stays

        await part.ChangeAsync("input[placeholder]", "france");
        Assert.Equal(["DE", "FR"], Values(_changed));
        await part.ChangeAsync("input[placeholder]", "Atlantis");
        Assert.Equal(["DE", "Atlantis"], Values(_changed));
        _changed = null;
        await part.ChangeAsync("input[placeholder]", "Germany"); // is there already
        Assert.Null(_changed);

        var two = await EditorAsync(rule with { Test = new TextTest(TextOperator.IsNot, ["DE", "FR"]) }, choices);
        await two.ClickAsync(".chip button");
        Assert.Equal(["FR"], Values(_changed));

        static IReadOnlyList<string> Values(Rule? changed) => Assert.IsType<TextTest>(Assert.IsType<AttributeCondition>(changed).Test).Values;
    }

    [Fact]
    public void Places_are_offered_where_customers_have_the_trait()
    {
        Assert.DoesNotContain(Kinds(Choices), k => k is "Country" or "Region" or "City");
        var some = Choices with { Rules = Choices.Rules with { Attributes = [new AttributeChoice("city", Marketing.Customers.Attributes.AttributeKind.Text, ["Bonn"])] } };
        Assert.Equal(["City"], Kinds(some).Where(k => k is "Country" or "Region" or "City"));

        static IEnumerable<string> Kinds(BuilderChoices choices) => ConditionKind.Groups.SelectMany(g => g.Kinds).Where(k => k.Make(choices) is not null).Select(k => k.Key);
    }

    [Fact]
    public async Task The_hours_of_a_clock_are_chosen_and_never_the_same()
    {
        var part = await EditorAsync(new LocalHourCondition(18, 22));
        Assert.DoesNotContain("22", part.FindAll("select[aria-label=From] option").Select(o => o.GetAttribute("value")));
        await part.ChangeAsync("select[aria-label=To]", "2");
        Assert.Equal(new LocalHourCondition(18, 2), _changed);
    }

    [Theory]
    [InlineData(RuleFindingKind.MissingTaste, "order_placed", false, "7 people have no taste by what they ordered")]
    [InlineData(RuleFindingKind.StaleLists, "for-you", true, "7 people have a list “For you” older than 14 days")]
    public async Task For_how_many_an_answer_is_missing_is_a_note_and_what_grew_old_is_amber(RuleFindingKind kind, string name, bool isAmber, string expected)
    {
        var rule = AudienceIdea.Rule(new RecommendableCondition("for-you", 3));
        var state = new BuilderState(rule, Choices, canEdit: true) { Preview = Preview(50, null) with { Findings = [new RuleFinding("who.0", kind, name, 7)] } };
        var part = await RenderedPart.RenderAsync<RuleGroupView>(new Dictionary<string, object?> { ["State"] = state, ["Path"] = RuleTree.Who, ["Group"] = rule.Who }, Configure);
        Assert.Contains(expected, part.Find(".aud-finding").TextContent, StringComparison.Ordinal);
        Assert.Equal(isAmber, part.FindAll(".aud-cond.amber").Count > 0);
    }

    [Fact]
    public async Task An_empty_audience_names_the_condition_that_empties_it_and_offers_to_switch_it_off()
    {
        var state = new BuilderState(Rule, Choices, canEdit: true) { Preview = Preview(0, "who.3") };
        var part = await RenderedPart.RenderAsync<SizeCard>(new Dictionary<string, object?> { ["Preview"] = state.Preview, ["State"] = state }, Configure);

        Assert.Contains("have not ordered in the last 7 days", part.Find(".alert").TextContent, StringComparison.Ordinal);
        await part.ClickAsync(".alert button");
        Assert.True(state.Rule.Who.Rules[3].IsOff);
    }

    [Fact]
    public async Task Nearly_everyone_is_asked_about_and_no_count_yet_says_so()
    {
        var state = new BuilderState(Rule, Choices, canEdit: true);
        var parameters = new Dictionary<string, object?> { ["Preview"] = Preview(90, null), ["State"] = state };
        Assert.Contains("Is everyone meant?", (await RenderedPart.RenderAsync<SizeCard>(parameters, Configure)).Html, StringComparison.Ordinal);
        parameters["Preview"] = null;
        Assert.Contains("Counting", (await RenderedPart.RenderAsync<SizeCard>(parameters, Configure)).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_that_cannot_be_read_changes_nothing_and_shows_the_place()
    {
        var state = new BuilderState(Rule, Choices, canEdit: true);
        var part = await RenderedPart.RenderAsync<RuleTextEditor>(new Dictionary<string, object?> { ["State"] = state }, Configure);

        await part.ChangeAsync("textarea", """{"version":1,"who":{"kind":"group","join":"all","rules":[{"kind":"sql"}]},"leaveOut":[]}""");
        await part.ClickAsync("button");
        Assert.Contains("$.who.rules[0]", part.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal(Rule, state.Rule);

        await part.ChangeAsync("textarea", RuleJson.Write(AudienceRule.Everyone));
        await part.ClickAsync("button");
        Assert.Equal(AudienceRule.Everyone, state.Rule);
    }

    private Task<RenderedPart> EditorAsync(Rule rule, BuilderChoices? choices = null) => RenderedPart.RenderAsync<ConditionEditor>(
        new Dictionary<string, object?> { ["Rule"] = rule, ["Choices"] = choices ?? Choices, ["RuleChanged"] = EventCallback.Factory.Create<Rule>(this, changed => _changed = changed) }, Configure);

    private static AudiencePreview Preview(int count, string? emptiedBy) => new(
        100, count, [("email", count), ("sms", 0), ("push", 0)], new Dictionary<string, int>(), [], emptiedBy, [], ManualClock.Noon);

    private static void Configure(IServiceCollection services)
    {
        CultureInfo.CurrentUICulture = CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("en");
    }

    private static T In<T>(string culture, Func<T> ask)
    {
        var before = CultureInfo.CurrentUICulture;
        (CultureInfo.CurrentUICulture, CultureInfo.CurrentCulture) = (CultureInfo.GetCultureInfo(culture), CultureInfo.GetCultureInfo(culture));
        try
        {
            return ask();
        }
        finally
        {
            (CultureInfo.CurrentUICulture, CultureInfo.CurrentCulture) = (before, before);
        }
    }
}
