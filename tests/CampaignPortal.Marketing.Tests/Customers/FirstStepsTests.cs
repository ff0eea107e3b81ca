using CampaignPortal.Marketing.Access;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Customers;

public sealed class FirstStepsTests
{
    private static readonly FirstStepsDone Nothing = new(false, false, false, false);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_step_is_done_by_what_proves_it_and_by_nothing_else()
    {
        await using var store = await TestStore.OpenAsync(configure: services => services.AddInsights());
        var steps = store.Get<ReadFirstStepsHandler>();
        Task<FirstStepsDone> DoneAsync() => steps.HandleAsync(Ct);
        Assert.Equal(Nothing, await DoneAsync());

        await store.Log.AppendAsync(An.Batch(An.Event()), Ct);
        Assert.Equal(Nothing with { HasData = true }, await DoneAsync());

        await AddAsync(store, new ModelHead { Model = ModelNames.Purchase, Version = 1, ActivatedAt = ManualClock.Noon });
        Assert.Equal(Nothing with { HasData = true, HasModel = true }, await DoneAsync());
    }

    [Theory]
    [InlineData("train.purchase-30", JobStatus.Succeeded, true), InlineData("train.purchase-30", JobStatus.Failed, false), InlineData("import.7", JobStatus.Succeeded, false)]
    public async Task A_job_counts_when_it_went_well_and_was_no_import(string key, JobStatus status, bool counts)
    {
        await using var store = await TestStore.OpenAsync(configure: services => services.AddInsights());
        await AddAsync(store, new JobRun { Key = key, SingleFlightKey = key, Status = status, QueuedAt = ManualClock.Noon, DueAt = ManualClock.Noon, Parameters = "{}", StartedBy = "7" });
        Assert.Equal(Nothing with { HasRun = counts }, await store.Get<ReadFirstStepsHandler>().HandleAsync(Ct));
    }

    [Fact]
    public async Task An_invitation_counts_as_a_colleague_and_a_link_for_a_new_password_does_not()
    {
        await using var store = await TestStore.OpenAsync(configure: services => services.AddInsights());
        var (steps, links) = (store.Get<ReadFirstStepsHandler>(), store.Get<InvitationStore>());
        await AddAsync(store, new PortalUser { Id = 7, UserName = "ada@example.org", DisplayName = "Ada" });
        await links.ResetAsync("ada@example.org", userId: 7, createdBy: 7, Ct);
        Assert.False((await steps.HandleAsync(Ct)).HasColleague);

        await links.InviteAsync("ben@example.org", "Analyst", createdBy: 7, Ct);
        Assert.True((await steps.HandleAsync(Ct)).HasColleague);
    }

    [Fact]
    public async Task A_second_user_is_a_colleague()
    {
        await using var store = await TestStore.OpenAsync(configure: services => services.AddInsights());
        await AddAsync(store, new PortalUser { Id = 7, UserName = "ada@example.org", DisplayName = "Ada" });
        await AddAsync(store, new PortalUser { Id = 8, UserName = "ben@example.org", DisplayName = "Ben" });
        Assert.True((await store.Get<ReadFirstStepsHandler>().HandleAsync(Ct)).HasColleague);
    }

    private static async Task AddAsync(TestStore store, object row)
    {
        await using var db = await store.ContextAsync();
        db.Add(row);
        await db.SaveChangesAsync(Ct);
    }
}
