using System.Text;
using CampaignPortal.Marketing.Drafts;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Drafts;

public sealed class DraftStoreTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_draft_is_kept_for_its_writer_and_place_and_goes_when_it_is_sent()
    {
        await using var store = await TestStore.OpenAsync();
        var drafts = store.Get<DraftStore>();
        await drafts.SaveAsync(1, "note:7", "first words", Ct);
        store.Clock.Advance(TimeSpan.FromSeconds(5));
        await drafts.SaveAsync(1, "note:7", "second words", Ct);

        Assert.Equal(new SavedDraft("second words", store.Clock.GetUtcNow()), await drafts.ReadAsync(1, "note:7", Ct));
        Assert.Null(await drafts.ReadAsync(2, "note:7", Ct));
        Assert.Null(await drafts.ReadAsync(1, "note:8", Ct));
        await drafts.ForgetAsync(1, "note:7", Ct);
        Assert.Null(await drafts.ReadAsync(1, "note:7", Ct));
    }

    [Fact]
    public async Task A_draft_lies_sealed_in_the_store()
    {
        await using var store = await TestStore.OpenAsync();
        await store.Get<DraftStore>().SaveAsync(1, "note:7", "Lena prefers phone calls", Ct);
        await using var db = await store.ContextAsync();
        Assert.DoesNotContain("Lena", Encoding.UTF8.GetString(Assert.Single(db.Drafts).Content), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Old_drafts_are_forgotten_and_young_ones_are_not()
    {
        await using var store = await TestStore.OpenAsync();
        var drafts = store.Get<DraftStore>();
        await drafts.SaveAsync(1, "old", "a", Ct);
        store.Clock.Advance(DraftStore.Lifetime);
        await drafts.SaveAsync(1, "young", "b", Ct);
        Assert.Equal(0, await drafts.CleanUpAsync(Ct));
        store.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await drafts.CleanUpAsync(Ct));
        Assert.NotNull(await drafts.ReadAsync(1, "young", Ct));
    }

    [Fact]
    public async Task A_key_that_is_too_long_is_refused() =>
        await Assert.ThrowsAsync<ArgumentException>(async () =>
        {
            await using var store = await TestStore.OpenAsync();
            await store.Get<DraftStore>().SaveAsync(1, new string('k', Draft.MaxKeyLength + 1), "a", Ct);
        });
}
