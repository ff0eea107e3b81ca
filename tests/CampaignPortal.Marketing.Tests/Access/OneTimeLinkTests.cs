using CampaignPortal.Marketing.Access;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Access;

public sealed class OneTimeLinkTests : IAsyncLifetime
{
    private TestStore _store = null!; // opened before each test

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private InvitationStore Links => _store.Get<InvitationStore>();

    public async ValueTask InitializeAsync() => _store = await TestStore.OpenAsync();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task A_link_is_found_by_its_token_and_the_store_holds_only_a_hash()
    {
        var (_, token) = await Links.InviteAsync("ann@example.com", "Marketer", createdBy: 1, Stop);
        Assert.Equal("Marketer", (await Links.FindOpenAsync(token, Stop))?.Role);
        Assert.Null(await Links.FindOpenAsync(token[..^1] + (token[^1] == 'A' ? 'B' : 'A'), Stop));
        Assert.Null(await Links.FindOpenAsync("", Stop));
        Assert.DoesNotContain(token, _store.Dump("Invitations"), StringComparison.Ordinal);
    }

    [Fact, Trait("Promise", "S-09")]
    public async Task A_link_ends_by_use_by_withdrawal_by_a_newer_one_and_by_time()
    {
        var (used, usedToken) = await Links.InviteAsync("a@example.com", "Marketer", 1, Stop);
        Assert.True(await Links.TrySpendAsync(used, Stop));
        Assert.False(await Links.TrySpendAsync(used, Stop));
        Assert.Null(await Links.FindOpenAsync(usedToken, Stop));
        Assert.Null(await Links.RevokeAsync(used, Stop));

        var (revoked, revokedToken) = await Links.InviteAsync("b@example.com", "Marketer", 1, Stop);
        Assert.Equal("b@example.com", await Links.RevokeAsync(revoked, Stop));
        Assert.Null(await Links.FindOpenAsync(revokedToken, Stop));
        Assert.False(await Links.TrySpendAsync(revoked, Stop));

        var (_, olderToken) = await Links.InviteAsync("c@example.com", "Marketer", 1, Stop);
        var (_, newerToken) = await Links.InviteAsync("c@example.com", "Admin", 1, Stop);
        Assert.Null(await Links.FindOpenAsync(olderToken, Stop));
        _store.Clock.Advance(InvitationStore.Lifetime - TimeSpan.FromSeconds(1));
        Assert.NotNull(await Links.FindOpenAsync(newerToken, Stop));
        _store.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await Links.FindOpenAsync(newerToken, Stop));
    }

    [Fact, Trait("Promise", "S-65")]
    public async Task Of_twenty_who_spend_one_link_at_once_one_wins()
    {
        var (id, _) = await Links.InviteAsync("ann@example.com", "Marketer", 1, Stop);
        var won = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => Links.TrySpendAsync(id, Stop))));
        Assert.Single(won, w => w);
    }

    [Fact, Trait("Promise", "S-66")]
    public async Task A_clock_that_is_set_back_before_the_time_of_issue_opens_nothing()
    {
        var (_, token) = await Links.ResetAsync("ann@example.com", userId: 1, createdBy: 1, Stop);
        _store.Clock.Advance(TimeSpan.FromDays(-30));
        Assert.Null(await Links.FindOpenAsync(token, Stop));
    }

    [Fact]
    public async Task A_session_ends_for_its_own_person_only_and_tells_who_listens()
    {
        var sessions = _store.Get<SessionStore>();
        var ended = new List<long>();
        sessions.Ended += ended.Add;
        var first = await sessions.StartAsync(userId: 1, "Mozilla/5.0 Firefox/140.0", "192.0.2.1", Stop);
        var second = await sessions.StartAsync(userId: 1, null, "192.0.2.2", Stop);
        var other = await sessions.StartAsync(userId: 2, null, "192.0.2.3", Stop);

        Assert.False(await sessions.EndAsync(other, userId: 1, Stop));
        Assert.True(await sessions.IsLiveAsync(other, userId: 2, Stop));
        Assert.False(await sessions.IsLiveAsync(other, userId: 1, Stop));
        Assert.Equal(1, await sessions.EndAllAsync(userId: 1, exceptId: second, Stop));
        Assert.False(await sessions.IsLiveAsync(first, userId: 1, Stop));
        Assert.True(await sessions.IsLiveAsync(second, userId: 1, Stop));
        Assert.Equal([first], ended);
        Assert.Equal([second], (await sessions.ListAsync(1, TimeSpan.FromHours(8), Stop)).Select(s => s.Id));

        _store.Clock.Advance(TimeSpan.FromHours(9));
        Assert.Empty(await sessions.ListAsync(1, TimeSpan.FromHours(8), Stop));
    }

    [Fact, Trait("Promise", "S-48")]
    public async Task A_rotated_key_has_two_secrets_for_seven_days_and_keeps_its_name()
    {
        var keys = _store.Get<ApiKeyStore>();
        var old = (await keys.CreateAsync("shop", [ApiScopes.EventsWrite], lifetime: null, Stop)).Value;
        var fresh = (await keys.RotateAsync("shop", Stop))!;
        Assert.NotEqual(old, fresh);
        Assert.Equal("shop", (await keys.FindAsync(old, Stop))?.Name);
        Assert.Equal("shop", (await keys.FindAsync(fresh, Stop))?.Name);
        Assert.Equal(ApiKeyState.Rotating, (await keys.ListAsync(Stop)).Single().State);

        _store.Clock.Advance(ApiKeyStore.RotationOverlap);
        Assert.Null(await keys.FindAsync(old, Stop));
        Assert.NotNull(await keys.FindAsync(fresh, Stop));
        Assert.Equal(ApiKeyState.Valid, (await keys.ListAsync(Stop)).Single().State);

        Assert.True(await keys.RevokeAsync("shop", Stop));
        Assert.Null(await keys.FindAsync(fresh, Stop));
        Assert.Null(await keys.RotateAsync("shop", Stop));
        await using var db = await _store.ContextAsync();
        Assert.Equal(1, await db.ApiKeys.CountAsync(Stop));
    }
}
