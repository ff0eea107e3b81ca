using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Customers;

public sealed class ConsentLedgerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_statement_stays_with_its_evidence_and_the_newest_decides()
    {
        await using var store = await OpenAsync();
        var consents = store.Get<ChangeConsentHandler>();
        Assert.True((await consents.HandleAsync(Yes("Call on 9 March, 12:00: yes, please"), Ct)).IsOk);
        store.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True((await consents.HandleAsync(new ChangeConsent(1, "email", "marketing", false, "letter", null, null, By: 7), Ct)).IsOk);
        store.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True((await consents.HandleAsync(Yes("Second call") with { Purpose = "profiling" }, Ct)).IsOk);

        var history = await consents.HistoryAsync(1, Ct);
        Assert.Equal([("profiling", true), ("marketing", false), ("marketing", true)], history.Select(h => (h.Purpose, h.IsGranted)));
        Assert.Equal(("Call on 9 March, 12:00: yes, please", "v3", "phone", "consent"), (history[2].Proof, history[2].Wording, history[2].Origin, history[2].Basis));

        await using var db = await store.ContextAsync();
        Assert.Equal([("marketing", false), ("profiling", true)], (await db.Consents.OrderBy(c => c.Purpose).ToListAsync(Ct)).Select(c => (c.Purpose, c.IsGranted)));
        Assert.Equal(3, await db.AuditEntries.CountAsync(a => a.Action == "consent.write", Ct));
    }

    [Fact]
    public async Task A_yes_needs_proof_and_a_no_is_believed()
    {
        await using var store = await OpenAsync();
        var refused = await store.Get<ChangeConsentHandler>().HandleAsync(Yes(" "), Ct);
        Assert.Equal(nameof(ChangeConsent.Proof), refused.Problem?.Field);
        Assert.True((await store.Get<ChangeConsentHandler>().HandleAsync(Yes("") with { IsGranted = false }, Ct)).IsOk);
    }

    [Fact]
    public async Task A_rebuilt_ledger_is_the_same_and_an_erased_person_has_none()
    {
        await using var store = await OpenAsync();
        await store.Get<ChangeConsentHandler>().HandleAsync(Yes("Canary proof"), Ct);
        var before = store.Dump("ConsentLedger", "Consents");
        Assert.DoesNotContain("Canary", before + store.Dump("Events"), StringComparison.Ordinal);
        await store.Get<ProjectionHost>().RebuildAsync("consent", Ct);
        Assert.Equal(before, store.Dump("ConsentLedger", "Consents"));

        await store.Get<EraseCustomerHandler>().HandleAsync("c-1", "test", Ct);
        Assert.Empty(await store.Get<ChangeConsentHandler>().HistoryAsync(1, Ct));
        await store.Get<ProjectionHost>().RebuildAsync("consent", Ct);
        Assert.Empty(await store.Get<ChangeConsentHandler>().HistoryAsync(1, Ct));
    }

    [Fact]
    public async Task What_a_colleague_takes_down_does_not_move_the_end_of_an_imported_history()
    {
        await using var store = await TestStore.OpenAsync(configure: services => services.AddInsights());
        await store.Log.AppendAsync(new EventBatch("import", [An.OrderLine("o-1", 1, at: ManualClock.Noon.AddYears(-10))]), Ct);
        var before = store.Get<PageMoment>().Read();
        Assert.True((await store.Get<ChangeConsentHandler>().HandleAsync(Yes("A call"), Ct)).IsOk);
        store.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(before, store.Get<PageMoment>().Read());
        Assert.True(before < ManualClock.Noon.AddYears(-9));
    }

    private static ChangeConsent Yes(string proof) => new(1, "email", "marketing", true, "phone", proof, "v3", By: 7);

    private static async Task<TestStore> OpenAsync()
    {
        var store = await TestStore.OpenAsync();
        await store.Log.AppendAsync(An.Batch(An.Event()), Ct);
        return store;
    }
}
