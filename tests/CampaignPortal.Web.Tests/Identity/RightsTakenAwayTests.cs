using System.Globalization;
using System.Security.Claims;
using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Drafts;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Marketing.Recommendations.Serving;
using CampaignPortal.Marketing.Settings;
using CampaignPortal.Testing;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Features.Customers;
using CampaignPortal.Web.Features.Insights;
using CampaignPortal.Web.Features.Jobs;
using CampaignPortal.Web.Features.Predictions;
using CampaignPortal.Web.Features.Recommendations;
using CampaignPortal.Web.Features.Settings;
using CampaignPortal.Web.Identity;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Web.Tests.Identity;

/// <summary>A page stands open with its buttons while the role behind it changes: what a button does is refused, whatever the page still shows.</summary>
public sealed class RightsTakenAwayTests : IAsyncLifetime
{
    private readonly List<ServiceDescriptor> _known = [];
    private readonly Confirmation _confirmation = new();
    private TestPortal _portal = null!; // started before each test
    private IServiceScope _circuit = null!; // as above
    private ClaimsIdentity _identity = null!; // as above

    public RightsTakenAwayTests() => (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (CultureInfo.GetCultureInfo("en-GB"), CultureInfo.GetCultureInfo("en"));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _portal = TestPortal.Start(configure: services =>
        {
            services.AddSingleton<TimeProvider>(new ManualClock());
            _known.AddRange(services);
        });
        await SampleShop.FillAsync(_portal.Services, ManualClock.Noon, customerCount: 12);
        await _portal.Get<Marketing.Jobs.SchedulesHandler>().AddMissingAsync(Web.Jobs.JobSchedules.All, Ct);
        _circuit = _portal.Services.CreateScope();
        _identity = new ClaimsIdentity([new Claim(ClaimTypes.Role, Roles.Admin), new Claim(ClaimTypes.NameIdentifier, "1")], "test");
    }

    public ValueTask DisposeAsync()
    {
        _circuit.Dispose();
        return _portal.DisposeAsync();
    }

    [Theory, Trait("Promise", "S-02")]
    [InlineData(Roles.Admin, 1), InlineData(Roles.Marketer, 0), InlineData(Roles.Analyst, 0)]
    public async Task A_note(string role, int expected)
    {
        var part = await RenderAsync<NotesCard>(("CustomerId", 1L));
        await part.ClickAsync("[data-add-note]");
        await part.InputAsync("#note-text", "Call back on Monday.");
        Become(role);
        await part.RaiseAsync("form", "onsubmit");
        Assert.Equal(expected, await CountAsync(db => db.CustomerNotes.CountAsync(Ct)));
    }

    [Theory, Trait("Promise", "S-02")]
    [InlineData(Roles.Admin, 1), InlineData(Roles.Marketer, 0), InlineData(Roles.Analyst, 0)]
    public async Task A_consent(string role, int expected)
    {
        var before = await CountAsync(db => db.ConsentLedger.CountAsync(Ct));
        var page = await _portal.Get<ReadCustomerHandler>().HandleAsync(1, CustomerScope.Everybody, Ct);
        var part = await RenderAsync<ConsentCard>(("Customer", page));
        await part.ClickAsync("button.link[style]");
        await part.ChangeAsync("#consent-proof", "Letter of 3 March");
        Become(role);
        await part.RaiseAsync("form", "onsubmit");
        Assert.Equal(before + expected, await CountAsync(db => db.ConsentLedger.CountAsync(Ct)));
    }

    [Theory, Trait("Promise", "S-02")]
    [InlineData(Roles.Admin, 1), InlineData(Roles.Marketer, 0), InlineData(Roles.Analyst, 0), InlineData(Roles.Representative, 0)]
    public async Task An_erasure_between_the_question_and_the_answer(string role, int expected)
    {
        var part = await RenderAsync<CustomerPageView>(("Id", 1L));
        var click = part.ClickAsync(".item.danger");
        Become(role);
        _confirmation.Answer(true);
        await ConfirmPasswordAsync(role);
        await click;
        Assert.Equal(expected, await CountAsync(db => db.Customers.CountAsync(c => c.ErasedAt != null, Ct)));
    }

    [Theory, Trait("Promise", "S-02")]
    [InlineData(Roles.Admin, 1), InlineData(Roles.Marketer, 0), InlineData(Roles.Analyst, 0), InlineData(Roles.Representative, 0)]
    public async Task An_export_of_a_person(string role, int expected)
    {
        var part = await RenderAsync<CustomerPageView>(("Id", 1L));
        Become(role);
        var click = part.ClickAsync(".sheet .item");
        await ConfirmPasswordAsync(role);
        await click;
        Assert.Equal(expected, await CountAsync(db => db.AuditEntries.CountAsync(a => a.Action.Contains("export"), Ct)));
    }

    [Theory, Trait("Promise", "S-02")]
    [InlineData(Roles.Admin, 1), InlineData(Roles.Marketer, 0), InlineData(Roles.Analyst, 0), InlineData(Roles.Representative, 0)]
    public async Task A_job(string role, int expected)
    {
        var part = await RenderAsync<JobsPage>();
        Become(role);
        await part.ClickAsync("button[title='Run now']");
        Assert.Equal(expected, await CountAsync(db => db.JobRuns.CountAsync(Ct)));
    }

    [Theory, Trait("Promise", "S-02")]
    [InlineData(Roles.Admin, 1), InlineData(Roles.Marketer, 1), InlineData(Roles.Analyst, 0), InlineData(Roles.Representative, 0)]
    public async Task A_training(string role, int expected)
    {
        var part = await RenderAsync<PredictionsPage>();
        Become(role);
        await part.ClickAsync("button[data-key=t]");
        Assert.Equal(expected, await CountAsync(db => db.JobRuns.CountAsync(Ct)));
    }

    [Theory, Trait("Promise", "S-02")]
    [InlineData(Roles.Admin, 0), InlineData(Roles.Marketer, 0), InlineData(Roles.Analyst, 1), InlineData(Roles.Representative, 1)]
    public async Task A_rule_that_is_to_be_removed(string role, int expected)
    {
        var added = await _portal.Get<ChangeRulesHandler>().HandleAsync(new AddRule(RecommendationRule.Boost, null, null, "Bedding", null, 2, null, "1"), Ct);
        Assert.Null(added.Problem);
        RecommendationRule rule;
        await using (var db = await _portal.Get<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync(Ct)) rule = await db.RecommendationRules.SingleAsync(Ct);
        var part = await RenderAsync<RulesCard>(("Rules", (RuleRow[])[new RuleRow(rule, null, null, "Mira Koch", false)]));
        Become(role);
        await part.ClickAsync("button.icb.sm");
        Assert.Equal(expected, await CountAsync(db => db.RecommendationRules.CountAsync(Ct)));
    }

    [Theory, Trait("Promise", "S-02")]
    [InlineData(Roles.Admin, 1), InlineData(Roles.Marketer, 0), InlineData(Roles.Analyst, 0), InlineData(Roles.Representative, 0)]
    public async Task A_start_that_is_to_be_left_out(string role, int expected)
    {
        var part = await RenderAsync<JobsPage>();
        Become(role);
        await part.ClickAsync("button[data-skip]");
        Assert.Equal(expected, await CountAsync(db => db.Settings.CountAsync(s => s.Key.StartsWith("jobs.skip."), Ct)));
    }

    [Theory, Trait("Promise", "S-02")]
    [InlineData(Roles.Admin, 5), InlineData(Roles.Marketer, 6), InlineData(Roles.Analyst, 6), InlineData(Roles.Representative, 6)]
    public async Task A_model_between_the_question_and_the_answer(string role, int answering)
    {
        foreach (var text in (string[])["fifth", "sixth"])
        {
            var fit = new TrainedVersion("logistic", target => File.WriteAllText(Path.Combine(Directory.CreateDirectory(target).FullName, "model.txt"), text), new Dictionary<string, double>(), new { }, true, null);
            await _portal.Get<ModelRegistry>().AddAsync(ModelNames.Purchase, 1, ManualClock.Noon, fit, Ct);
        }
        var part = await RenderAsync<PredictionsPage>(("Model", ModelNames.Purchase));
        var click = part.ClickAsync("button.btn.sm.no-print");
        Become(role);
        _confirmation.Answer(true);
        await click;
        Assert.Equal(1, await CountAsync(db => db.ModelHeads.CountAsync(h => h.Model == ModelNames.Purchase && h.Version == answering, Ct)));
    }

    [Theory, Trait("Promise", "S-02")]
    [InlineData(Roles.Admin, 1), InlineData(Roles.Marketer, 1), InlineData(Roles.Analyst, 0), InlineData(Roles.Representative, 0)]
    public async Task A_segment_that_is_to_be_renamed(string role, int expected)
    {
        var page = await _portal.Get<ReadSegmentsHandler>().HandleAsync("en", Ct);
        Assert.NotNull(page);
        var part = await RenderAsync<SegmentTile>(("Segment", page.Segments[0]));
        await part.ClickAsync("button.icb");
        await part.InputAsync("input.inp", "Patient collectors");
        Become(role);
        await part.RaiseAsync("form", "onsubmit");
        Assert.Equal(expected, await CountAsync(db => db.Settings.CountAsync(s => s.Value == "Patient collectors", Ct)));
    }

    [Theory, Trait("Promise", "S-02")]
    [InlineData(Roles.Admin, 1), InlineData(Roles.Marketer, 0), InlineData(Roles.Analyst, 0), InlineData(Roles.Representative, 0)]
    public async Task An_export_of_the_list(string role, int expected)
    {
        var part = await RenderAsync<CustomersPage>();
        Become(role);
        var click = part.ClickAsync(".phead button.btn");
        await ConfirmPasswordAsync(role);
        await click;
        Assert.Equal(expected, await CountAsync(db => db.AuditEntries.CountAsync(a => a.Action == "customers.export list", Ct)));
    }

    [Theory, Trait("Promise", "S-02")]
    [InlineData(Roles.Admin, 1), InlineData(Roles.Marketer, 1), InlineData(Roles.Analyst, 0), InlineData(Roles.Representative, 0)]
    public async Task A_rule_that_is_to_be_added(string role, int expected)
    {
        var part = await RenderAsync<RuleForm>();
        await part.InputAsync("#rule-item", "Jute rug");
        Become(role);
        await part.RaiseAsync("form", "onsubmit");
        Assert.Equal(expected, await CountAsync(db => db.RecommendationRules.CountAsync(Ct)));
    }

    [Theory, Trait("Promise", "S-02")]
    [InlineData(Roles.Admin, 1), InlineData(Roles.Marketer, 1), InlineData(Roles.Analyst, 0), InlineData(Roles.Representative, 0)]
    public async Task A_message_in_doubt_that_is_to_be_sent_again(string role, int expected)
    {
        await AddMessageAsync(1, MessageState.InDoubt, "Sent");
        var part = await RenderAsync<OutboxListPage>();
        await part.ChangeAsync("td.pick input", true);
        var click = part.ClickAsync("[data-settle=resend]");
        Assert.Contains("second copy", _confirmation.Asked!.Text, StringComparison.Ordinal);
        Become(role);
        _confirmation.Answer(true);
        await click;
        Assert.Equal(expected, await CountAsync(db => db.AuditEntries.CountAsync(a => a.Action == "deadletter.requeue resend", Ct)));
    }

    [Theory, Trait("Promise", "S-02")]
    [InlineData(Roles.Admin, 1), InlineData(Roles.Marketer, 1), InlineData(Roles.Analyst, 0), InlineData(Roles.Representative, 0)]
    public async Task A_message_in_doubt_that_is_to_count_as_sent(string role, int expected)
    {
        await AddMessageAsync(1, MessageState.InDoubt, "Sent");
        var part = await RenderAsync<OutboxListPage>();
        await part.ChangeAsync("th.pick input", true);
        var click = part.ClickAsync("[data-settle=count]");
        Become(role);
        _confirmation.Answer(true);
        await click;
        Assert.Equal(expected, await CountAsync(db => db.Messages.CountAsync(m => m.State == MessageState.Accepted, Ct)));
        Assert.Equal(expected, await CountAsync(db => db.AuditEntries.CountAsync(a => a.Action == "deadletter.requeue count as sent", Ct)));
    }

    [Fact, Trait("Promise", "R-42")]
    public async Task What_a_restored_copy_held_is_said_settled_at_once_and_sending_goes_on()
    {
        await AddMessageAsync(1, MessageState.InDoubt, "Sent");
        await AddMessageAsync(2, MessageState.InDoubt, "Sent");
        await AddMessageAsync(3, MessageState.InDoubt, "Sent");
        await _portal.Get<PortalDatabase>().WriteAsync(
            t =>
            {
                t.Execute("update \"Messages\" set \"Reason\" = @0 where \"CustomerId\" <> 3", MessageReasons.Restored);
                t.Execute("insert into \"Settings\" values (@0, 'yes'), (@1, '2')", KnownSettings.SendingStopped, KnownSettings.Restored);
            },
            Ct);
        var delivery = _portal.Get<DeliverySettingsStore>();
        delivery.Forget();
        Assert.Contains("older copy", (await RenderAsync<SendingBanner>()).Find("[data-restored]").TextContent, StringComparison.Ordinal);

        var part = await RenderAsync<OutboxListPage>();
        Assert.StartsWith("2 messages are held", part.Find("[data-held]").TextContent.Trim(), StringComparison.Ordinal);
        var click = part.ClickAsync("[data-settle=count-held]");
        _confirmation.Answer(true);
        await click;
        Assert.Equal(2, await CountAsync(db => db.Messages.CountAsync(m => m.State == MessageState.Accepted, Ct)));
        Assert.Empty(part.FindAll("[data-held]"));

        var brake = await RenderAsync<BrakeCard>(("IsStopped", true));
        click = brake.ClickAsync("button");
        _confirmation.Answer(true);
        await click;
        Assert.Equal((false, null), (delivery.Read().IsStopped, delivery.Read().HeldByRestore));
    }

    [Fact]
    public async Task Messages_that_are_put_back_and_those_that_stay_are_told_apart()
    {
        await AddMessageAsync(1, MessageState.DeadLetter, "Sent");
        await AddMessageAsync(2, MessageState.DeadLetter, "Paused");
        await AddMessageAsync(3, MessageState.DeadLetter, "Cancelled");
        await AddMessageAsync(4, MessageState.Accepted, "Sent");
        var part = await RenderAsync<OutboxListPage>();
        Assert.Equal(3, part.FindAll("td.pick input").Count);
        await part.ChangeAsync("th.pick input", true);
        await part.ClickAsync("[data-settle=requeue]");
        Assert.Equal(
            "1 message is queued again. 1 stays as it is: its campaign was stopped for good. 1 stays as it is: its campaign is paused or waits for a decision. Resume it first.",
            part.Find("[data-outcome]").TextContent.Trim());
        Assert.Empty(part.FindAll("[data-settle]"));
    }

    [Fact]
    public async Task A_note_that_was_not_saved_comes_back_and_once_saved_is_forgotten()
    {
        var lost = await RenderAsync<NotesCard>(("CustomerId", 1L));
        await lost.ClickAsync("[data-add-note]");
        await lost.InputAsync("#note-text", "Wants the oat throw.");
        var drafts = _portal.Get<DraftStore>();
        Assert.Equal("Wants the oat throw.", (await drafts.ReadAsync(1, "note:1", Ct))?.Text);

        var again = await RenderAsync<NotesCard>(("CustomerId", 1L));
        await again.ClickAsync("[data-add-note]");
        Assert.Equal("Wants the oat throw.", again.Find("#note-text").GetAttribute("value"));
        await again.RaiseAsync("form", "onsubmit");
        Assert.Contains("Wants the oat throw.", again.Find("p.note-text").TextContent, StringComparison.Ordinal);
        Assert.Null(await drafts.ReadAsync(1, "note:1", Ct));
    }

    private void Become(string role)
    {
        _identity.RemoveClaim(_identity.FindFirst(ClaimTypes.Role));
        _identity.AddClaim(new Claim(ClaimTypes.Role, role));
    }

    // A message of a campaign of its own that stands in this state.
    private async Task AddMessageAsync(long customer, MessageState state, string campaignState)
    {
        var campaign = await _portal.Get<CreateCampaignHandler>().HandleAsync(new CreateCampaign("1") { Name = campaignState }, Ct);
        var now = ManualClock.Noon;
        await _portal.Get<PortalDatabase>().WriteAsync(
            transaction =>
            {
                transaction.Execute("update \"Campaigns\" set \"State\" = @1 where \"Id\" = @0", campaign, campaignState);
                _portal.Get<DeliveryQueue>().Plan(transaction, [new PlannedMessage(campaign, 0, customer, 0, Message.Email, 1, now, now.AddHours(24))]);
                transaction.Execute("update \"Messages\" set \"State\" = @1 where \"CampaignId\" = @0", campaign, (int)state);
            },
            Ct);
    }

    // Whoever may is asked for the password first; everybody else is not even asked.
    private async Task ConfirmPasswordAsync(string role)
    {
        var prompt = _circuit.ServiceProvider.GetRequiredService<StepUpPrompt>();
        for (var i = 0; i < 100 && role is Roles.Admin && !prompt.IsAsking; i++) await Task.Delay(10, Ct);
        Assert.Equal(role is Roles.Admin, prompt.IsAsking);
        prompt.Answer(true);
    }

    private async Task<int> CountAsync(Func<PortalDbContext, Task<int>> count)
    {
        await using var db = await _portal.Get<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync(Ct);
        return await count(db);
    }

    private Task<RenderedPart> RenderAsync<T>(params (string Name, object? Value)[] parameters) where T : IComponent
    {
        RenderFragment content = builder =>
        {
            builder.OpenComponent<T>(0);
            builder.AddMultipleAttributes(1, parameters.Select(p => KeyValuePair.Create(p.Name, p.Value!))); // none is null
            builder.CloseComponent();
        };
        var viewer = new Viewer(new ClaimsPrincipal(_identity), ShopSettings.Default, TimeZoneInfo.Utc, _portal.Get<TimeProvider>());
        return RenderedPart.RenderAsync<CascadingValue<Viewer>>(new Dictionary<string, object?> { ["Value"] = viewer, ["ChildContent"] = content }, Register);
    }

    // The program's own services; only what talks to a browser is the test's.
    private void Register(IServiceCollection services)
    {
        foreach (var type in _known.Select(d => d.ServiceType).Where(t => !t.ContainsGenericParameters && t.Namespace?.StartsWith("CampaignPortal", StringComparison.Ordinal) is true).Distinct())
            services.AddSingleton(type, _ => _circuit.ServiceProvider.GetRequiredService(type));
        services.AddSingleton(_portal.Get<TimeProvider>()).AddSingleton(_confirmation).AddSingleton<Toaster>().AddSingleton<Downloads>().AddSingleton<JobControl>();
    }
}
