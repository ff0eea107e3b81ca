using System.Globalization;
using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Campaigns.Planning;
using CampaignPortal.Marketing.Campaigns.Scheduling;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Testing;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Features.Campaigns;
using CampaignPortal.Web.Identity;
using Microsoft.Extensions.DependencyInjection;
using static CampaignPortal.Web.Tests.Components.PartsTests;
using static CampaignPortal.Web.Tests.Identity.RoleCapabilitiesTests;

namespace CampaignPortal.Web.Tests.Pages;

/// <summary>The parts of the composer: what a person enters, and what becomes of the draft.</summary>
public sealed class ComposerPartsTests
{
    private CampaignDraft _draft = new("Linen is back", new CampaignSettings { IsAudienceChosen = true }, [new DraftVariant(1, 1, new MessageContent { Subject = "A" }), new DraftVariant(2, 1, new MessageContent { Subject = "B" })]);

    public ComposerPartsTests() => Speak("en-GB", "en");

    private Action<Func<CampaignDraft, CampaignDraft>> Changes => change => _draft = change(_draft);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_share_of_a_version_is_entered_in_percent_and_made_equal_with_one_click()
    {
        var part = await StepAsync<TestStep>();
        Assert.Equal(["50", "50"], part.FindAll(".shares input").Select(i => i.GetAttribute("value")));
        Assert.Empty(part.FindAll(".row.between .link"));
        await part.ChangeAsync("#share-1", "20");
        Assert.Equal([0.8, 0.2], _draft.Shares.Select(s => Math.Round(s, 9)));

        part = await StepAsync<TestStep>();
        Assert.Equal(["80", "20"], part.FindAll(".shares input").Select(i => i.GetAttribute("value")));
        Assert.Contains("A 29%, B 7%", part.Find(".split").GetAttribute("aria-label"), StringComparison.Ordinal); // of the 40% of the test, less the hold-out
        Assert.Empty(part.FindAll(".wrong"));
        await part.ChangeAsync("#share-0", "97");
        Assert.Contains("less than 5%", (await StepAsync<TestStep>()).Find(".wrong").TextContent, StringComparison.Ordinal);

        await (await StepAsync<TestStep>()).ClickAsync(".row.between .link");
        Assert.True(_draft.HasEqualShares);
    }

    [Fact]
    public async Task What_a_test_can_find_speaks_of_the_smallest_version_where_shares_differ()
    {
        var power = new PowerEstimate(120, 0.05, 0.04, false);
        Assert.Contains("With 120 people a version", (await StepAsync<TestStep>(("Power", power))).Html, StringComparison.Ordinal);
        Assert.Contains("in the smallest version", (await StepAsync<TestStep>(("Power", power with { IsUneven = true }))).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Campaigns_whose_receivers_are_left_out_are_chosen_with_a_time_and_counted()
    {
        await using var store = await TestStore.OpenAsync();
        var sent = await store.Get<CreateCampaignHandler>().HandleAsync(new CreateCampaign("1") { Name = "Winter sale" }, Ct);
        await store.Get<CreateCampaignHandler>().HandleAsync(new CreateCampaign("1") { Name = "Never sent" }, Ct);
        await store.Database.WriteAsync(t => t.Execute("update \"Campaigns\" set \"LaunchedAt\" = 1 where \"Id\" = @0", sent), Ct);
        var reach = new ReachEstimate(new ReachFunnel { Audience = 90, Planned = 78, Dropped = new Dictionary<DropReason, long> { [DropReason.ReceivedOther] = 12 } }, [78], 0, ManualClock.Noon, null);
        Task<RenderedPart> ShowAsync() => StepAsync<SkipReceivers>(store.Get<ReadCampaignChoicesHandler>(), ("Reach", reach), ("Id", 99L));

        var part = await ShowAsync();
        Assert.Equal(["choose a campaign", "Winter sale"], part.FindAll("#skip-campaign option").Select(o => o.TextContent.Trim()));
        Assert.Empty(part.FindAll("#skip-days"));
        await part.ChangeAsync("#skip-campaign", sent.ToString(CultureInfo.InvariantCulture));
        Assert.Equal([sent], _draft.Settings.SkipReceiversOf);

        part = await ShowAsync();
        Assert.Contains("Leaves out 12 people now.", part.Html, StringComparison.Ordinal);
        await part.ChangeAsync("#skip-days", "30");
        Assert.Equal(30, _draft.Settings.SkipReceiversOfDays);
        await (await ShowAsync()).ClickAsync(".chip-x");
        Assert.Empty(_draft.Settings.SkipReceiversOf);

        // A campaign that comes again can leave out who got it before.
        _draft = _draft with { Settings = _draft.Settings with { Schedule = new CampaignSchedule { Kind = ScheduleKind.Recurring } } };
        part = await ShowAsync();
        Assert.Contains("an earlier send of this campaign", part.Find("#skip-campaign").TextContent, StringComparison.Ordinal);
        await part.ChangeAsync("#skip-campaign", "0");
        Assert.Equal([CampaignSettings.ThisCampaign], _draft.Settings.SkipReceiversOf);
    }

    [Fact]
    public async Task The_reach_has_a_line_for_who_got_other_campaigns_even_while_it_is_nobody()
    {
        var reach = new ReachEstimate(new ReachFunnel { Audience = 90, Planned = 90 }, [45, 45], 0, ManualClock.Noon, null);
        Assert.DoesNotContain("chosen campaign", (await StepAsync<ComposerSteps>(("Reach", reach))).Html, StringComparison.Ordinal);
        _draft = _draft.WithShare(0, 0.7) with { Settings = _draft.Settings with { SkipReceiversOf = [3] } };
        var part = await StepAsync<ComposerSteps>(("Reach", reach));
        Assert.Contains("already got a chosen campaign", part.Html, StringComparison.Ordinal);
        Assert.Contains("70 / 30 on 40%", part.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Link_tags_begin_with_defaults_hold_for_all_versions_and_can_be_taken_away()
    {
        await (await StepAsync<LinkTagsFields>()).ChangeAsync("#tag-links", true);
        Assert.All(_draft.Variants, v => Assert.Equal(new LinkTags("newsletter", "email", "linen-is-back"), v.Content.Tags));

        var part = await StepAsync<LinkTagsFields>();
        Assert.NotNull(part.Find("details").GetAttribute("open"));
        Assert.Contains("https://example.com/?utm_source=newsletter&utm_medium=email&utm_campaign=linen-is-back", part.Find(".tag-sample").TextContent, StringComparison.Ordinal);
        await part.ChangeAsync("#utm-source", " spring ");
        Assert.All(_draft.Variants, v => Assert.Equal("spring", v.Content.Tags?.Source));
        await (await StepAsync<LinkTagsFields>()).ChangeAsync("#tag-links", false);
        Assert.All(_draft.Variants, v => Assert.Null(v.Content.Tags));
    }

    [Theory]
    [InlineData(Roles.Admin, true), InlineData(Roles.Marketer, false)]
    public async Task What_only_settings_mend_leads_there_for_who_may_change_them(string role, bool mayChange)
    {
        CampaignCheck[] checks = [new(CheckLevel.Error, CheckCodes.LocalAddress, ComposerStep.Review), new(CheckLevel.Error, CheckCodes.NoAudience, ComposerStep.Audience)];
        var links = (await Rendered<CheckList>(new() { ["Checks"] = checks }, Viewer.Nobody with { User = User(role) })).FindAll("a").Select(a => a.GetAttribute("href"));
        Assert.Equal(mayChange ? ["/settings/sending#sender"] : [], links);
    }

    [Fact]
    public void Every_problem_of_a_draft_is_said_in_the_readers_language()
    {
        Speak("zh-CN", "zh-Hans");
        string[] fields = [.. typeof(CampaignProblems).GetFields().Select(f => (string)f.GetRawConstantValue()!), CheckCodes.NoAudience, "no-subject"]; // constants
        Assert.All(fields, field => Assert.DoesNotMatch("[A-Za-z]", CampaignProblemNames.Of(Problem.At(field, "Raw English."))));
        Assert.Equal(fields.Length - 1, fields.Select(f => CampaignProblemNames.Of(Problem.At(f, "Raw English."))).Distinct().Count()); // both checks say: look at the list
    }

    private Task<RenderedPart> StepAsync<T>(params (string Name, object Value)[] parameters)
        where T : Microsoft.AspNetCore.Components.IComponent => StepAsync<T>(null, parameters);

    private async Task<RenderedPart> StepAsync<T>(ReadCampaignChoicesHandler? choices, params (string Name, object Value)[] parameters)
        where T : Microsoft.AspNetCore.Components.IComponent
    {
        var given = new Dictionary<string, object?> { ["Draft"] = _draft };
        if (typeof(T) != typeof(ComposerSteps)) given["OnChange"] = Changes;
        foreach (var (name, value) in parameters) given[name] = value;
        return await RenderedPart.RenderAsync<Host>(
            new Dictionary<string, object?> { ["Part"] = typeof(T), ["Parameters"] = given, ["Viewer"] = Viewer.Nobody with { User = User(Roles.Marketer), Clock = new ManualClock() } },
            services =>
            {
                if (choices is not null) services.AddSingleton(choices);
            });
    }
}
