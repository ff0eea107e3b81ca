using System.Globalization;
using System.Net;
using System.Security.Claims;
using CampaignPortal.Marketing.Access;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Testing;
using CampaignPortal.Web.Identity;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CampaignPortal.Web.Tests.Identity;

/// <summary>Accounts, links, devices and the password once more, over the real host.</summary>
public sealed class AccountsTests : IAsyncDisposable
{
    private const string AdminEmail = "ada@example.com", OtherEmail = "ben@example.com";
    private readonly ManualClock _clock = new();
    private readonly TestPortal _portal;

    public AccountsTests() => _portal = TestPortal.Start(configure: services => services.AddSingleton<TimeProvider>(_clock));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private SessionStore Sessions => _portal.Get<SessionStore>();

    public ValueTask DisposeAsync() => _portal.DisposeAsync();

    [Fact, Trait("Promise", "S-09")]
    public async Task An_invited_colleague_gets_the_role_and_the_link_works_once()
    {
        var admin = await AdminAsync();
        var link = (await _portal.Get<InviteUserHandler>().InviteAsync(admin, " cleo@example.com ", Roles.Analyst, Stop)).Value;
        var guest = _portal.CreateClient();
        Assert.Contains("cleo@example.com", await (await guest.GetAsync(link.Path, Stop)).Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);

        var (weak, _) = await AcceptAsync(guest, link.Path, "Cleo Marsh", "password1234");
        Assert.Equal(HttpStatusCode.OK, weak.StatusCode); // asked again, and the link is not spent
        var (accepted, _) = await AcceptAsync(guest, link.Path, "Cleo Marsh", Doors.Password);
        Assert.Equal(HttpStatusCode.Redirect, accepted.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await guest.GetAsync("/predictions", Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await guest.GetAsync("/customers", Stop)).StatusCode);

        var unknown = await BodyAsync(InviteUserHandler.PagePath + new string('x', 43));
        Assert.Equal(unknown, await BodyAsync(link.Path)); // used and unknown look alike
        var row = Assert.Single((await _portal.Get<ListUsersHandler>().HandleAsync(Stop)).Users, u => u.Email == "cleo@example.com");
        Assert.Equal(("Cleo Marsh", Roles.Analyst, 1), (row.Name, row.Role, row.SessionCount));
    }

    [Fact]
    public async Task Expired_and_withdrawn_links_look_like_unknown_ones()
    {
        var admin = await AdminAsync();
        var invite = _portal.Get<InviteUserHandler>();
        var withdrawn = (await invite.InviteAsync(admin, "c@example.com", Roles.Marketer, Stop)).Value;
        var open = Assert.Single((await _portal.Get<ListUsersHandler>().HandleAsync(Stop)).Invitations);
        Assert.Null(await invite.RevokeAsync(admin, open.Id, Stop));
        var expired = (await invite.InviteAsync(admin, "d@example.com", Roles.Marketer, Stop)).Value;
        _clock.Advance(InvitationStore.Lifetime);
        var unknown = await BodyAsync(InviteUserHandler.PagePath + new string('x', 43));
        Assert.Equal(unknown, await BodyAsync(withdrawn.Path));
        Assert.Equal(unknown, await BodyAsync(expired.Path));
    }

    [Fact, Trait("Promise", "S-09")]
    public async Task A_reset_sets_the_password_signs_everybody_out_and_nobody_in()
    {
        var admin = await AdminAsync();
        var other = await Doors.AddUserAsync(_portal, Roles.Marketer, OtherEmail);
        var signedIn = await Doors.EnterAsync(_portal, OtherEmail);
        var link = (await _portal.Get<InviteUserHandler>().ResetPasswordAsync(admin, other.Id, Stop)).Value;

        var guest = _portal.CreateClient();
        var (response, _) = await AcceptAsync(guest, link.Path, "ignored", "nine slow rivers bend");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.DoesNotContain(response.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies : [], c => c.StartsWith("portal=", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Redirect, (await signedIn.GetAsync("/", Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await Doors.SignInAsync(_portal.CreateClient(), OtherEmail, "nine slow rivers bend")).Response.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Doors.SignInAsync(_portal.CreateClient(), OtherEmail, Doors.Password)).Response.StatusCode);
    }

    [Theory, Trait("Promise", "S-12")]
    [InlineData("role"), InlineData("deactivate"), InlineData("end")]
    public async Task What_takes_rights_away_refuses_the_next_request(string what)
    {
        var admin = await AdminAsync();
        var other = await Doors.AddUserAsync(_portal, Roles.Marketer, OtherEmail);
        var client = await Doors.EnterAsync(_portal, OtherEmail);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/customers", Stop)).StatusCode);

        var manage = _portal.Get<ManageUsersHandler>();
        Assert.Null(await (what switch
        {
            "role" => manage.ChangeRoleAsync(admin, other.Id, Roles.Analyst, Stop),
            "deactivate" => manage.DeactivateAsync(admin, other.Id, Stop),
            _ => manage.EndSessionsAsync(admin, other.Id, null, Stop),
        }));
        Assert.Equal(HttpStatusCode.Redirect, (await client.GetAsync("/customers", Stop)).StatusCode);
        var again = await Doors.SignInAsync(_portal.CreateClient(), OtherEmail, Doors.Password);
        Assert.Equal(what is "deactivate" ? HttpStatusCode.Unauthorized : HttpStatusCode.Redirect, again.Response.StatusCode);
    }

    [Fact, Trait("Promise", "R-93")]
    public async Task An_open_page_loses_its_person_in_the_moment_in_which_the_session_ends()
    {
        var admin = await AdminAsync();
        using var page = new RevalidatingUser(NullLoggerFactory.Instance, _portal.Get<IServiceScopeFactory>(), _portal.Get<IOptions<IdentityOptions>>(), Sessions);
        page.SetAuthenticationState(Task.FromResult(new AuthenticationState(admin)));
        Assert.True((await page.GetAuthenticationStateAsync()).User.Can(Capabilities.ManageUsers));
        await Sessions.EndAsync(admin.SessionId()!.Value, admin.UserId()!.Value, Stop);
        Assert.False((await page.GetAuthenticationStateAsync()).User.Can(Capabilities.Open));
        Assert.NotNull(_portal.Get<RecentPassword>().Refuse(admin, Capabilities.ManageUsers)); // and a command that was on its way is refused
    }

    [Fact]
    public async Task The_password_counts_for_ten_minutes_and_guessing_it_is_slowed_down()
    {
        var admin = await AdminAsync();
        var recent = _portal.Get<RecentPassword>();
        Assert.Null(recent.Refuse(admin, Capabilities.WriteSettings)); // just signed in
        _clock.Advance(RecentPassword.Lifetime);
        Assert.True(recent.IsNeeded(admin, Capabilities.WriteSettings));
        Assert.NotNull(recent.Refuse(admin, Capabilities.WriteSettings));
        Assert.False(recent.IsNeeded(admin, Capabilities.ReadAudit));

        Assert.NotNull(await recent.ConfirmAsync(admin, "not this one at all", Stop));
        Assert.NotNull(recent.Refuse(admin, Capabilities.WriteSettings));
        Assert.Null(await recent.ConfirmAsync(admin, Doors.Password, Stop));
        Assert.Null(recent.Refuse(admin, Capabilities.WriteSettings));

        for (var i = 0; i < 5; i++) await recent.ConfirmAsync(admin, $"guess number {i} of many", Stop);
        Assert.NotNull(await recent.ConfirmAsync(admin, Doors.Password, Stop)); // right, and too early
    }

    [Fact]
    public async Task Who_lacks_the_capability_or_the_fresh_password_changes_nothing()
    {
        var admin = await AdminAsync();
        var other = await Doors.AddUserAsync(_portal, Roles.Marketer, OtherEmail);
        var marketer = await PrincipalAsync(other, Roles.Marketer);
        Assert.NotNull((await _portal.Get<InviteUserHandler>().InviteAsync(marketer, "x@example.com", Roles.Admin, Stop)).Problem);
        Assert.NotNull(await _portal.Get<ManageUsersHandler>().ChangeRoleAsync(marketer, other.Id, Roles.Admin, Stop));
        Assert.NotNull(await _portal.Get<ManageUsersHandler>().EndSessionsAsync(marketer, admin.UserId()!.Value, null, Stop));
        Assert.NotNull((await _portal.Get<ManageApiKeysHandler>().CreateAsync(marketer, "shop", [ApiScopes.EventsWrite], null, Stop)).Problem);

        _clock.Advance(RecentPassword.Lifetime);
        Assert.NotNull(await _portal.Get<ManageUsersHandler>().ChangeRoleAsync(admin, other.Id, Roles.Admin, Stop));
        Assert.NotNull(await _portal.Get<ManageUsersHandler>().ChangeRoleAsync(admin, admin.UserId()!.Value, Roles.Analyst, Stop));
        Assert.Equal(Roles.Marketer, (await _portal.Get<ListUsersHandler>().HandleAsync(Stop)).Users.Single(u => u.Id == other.Id).Role);
    }

    [Fact, Trait("Promise", "S-53")]
    public async Task What_admins_do_stands_in_the_log_without_addresses_of_people()
    {
        var admin = await AdminAsync();
        var other = await Doors.AddUserAsync(_portal, Roles.Marketer, OtherEmail);
        await _portal.Get<InviteUserHandler>().InviteAsync(admin, "cleo@example.com", Roles.Analyst, Stop);
        await _portal.Get<ManageUsersHandler>().ChangeRoleAsync(admin, other.Id, Roles.Analyst, Stop);
        await _portal.Get<ManageApiKeysHandler>().CreateAsync(admin, "shop", [ApiScopes.EventsWrite], null, Stop);
        await Doors.SignInAsync(_portal.CreateClient(), OtherEmail, "not this one at all");

        await using var db = await _portal.Get<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync(Stop);
        var entries = await db.AuditEntries.OrderBy(e => e.Id).ToListAsync(Stop);
        Assert.Equal(["users.manage invite", "users.manage role", "apikeys.manage create", "sessions.refused"], entries.Select(e => e.Action));
        Assert.Equal((Roles.Marketer, Roles.Analyst, $"user {other.Id}"), (entries[1].Before, entries[1].After, entries[1].Target));
        Assert.All(entries.Take(3), e => Assert.Equal((Doors.Text(admin.UserId()!.Value), "192.0.2.1"), (e.Actor, e.Origin)));
        Assert.DoesNotContain(entries, e => $"{e.Target}{e.Detail}{e.Before}{e.After}".Contains('@', StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_changed_password_keeps_this_browser_and_ends_the_others()
    {
        await Doors.AddUserAsync(_portal, Roles.Representative, OtherEmail);
        var here = await Doors.EnterAsync(_portal, OtherEmail);
        var there = await Doors.EnterAsync(_portal, OtherEmail);
        var (wrong, _) = await ChangePasswordAsync(here, "not this one at all", "nine slow rivers bend");
        Assert.EndsWith("problem=password-wrong", wrong.Headers.Location?.ToString(), StringComparison.Ordinal);
        var (weak, _) = await ChangePasswordAsync(here, Doors.Password, "short");
        Assert.EndsWith("problem=password-TooShort", weak.Headers.Location?.ToString(), StringComparison.Ordinal);
        var (changed, _) = await ChangePasswordAsync(here, Doors.Password, "nine slow rivers bend");
        Assert.EndsWith("done=password", changed.Headers.Location?.ToString(), StringComparison.Ordinal);

        _clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(HttpStatusCode.OK, (await here.GetAsync("/settings/profile", Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await there.GetAsync("/settings/profile", Stop)).StatusCode);
    }

    [Fact]
    public async Task After_signing_out_a_copied_cookie_is_worth_nothing()
    {
        await Doors.AddUserAsync(_portal, Roles.Representative, OtherEmail);
        var client = _portal.CreateClient();
        var (response, _) = await Doors.SignInAsync(client, OtherEmail, Doors.Password);
        var cookie = response.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("portal=", StringComparison.Ordinal)).Split(';')[0];
        await Doors.SendFormAsync(client, "/settings/profile", "/account/sign-out", []);

        var thief = _portal.CreateClient();
        thief.DefaultRequestHeaders.Add("Cookie", cookie);
        Assert.Equal(HttpStatusCode.Redirect, (await thief.GetAsync("/settings/profile", Stop)).StatusCode);
    }

    private async Task<ClaimsPrincipal> AdminAsync() => await PrincipalAsync(await Doors.AddUserAsync(_portal, Roles.Admin, AdminEmail), Roles.Admin);

    // As the ticket of a sign-in would have it.
    private async Task<ClaimsPrincipal> PrincipalAsync(PortalUser user, string role) => new(new ClaimsIdentity(
        [
            new(ClaimTypes.NameIdentifier, Doors.Text(user.Id)),
            new(ClaimTypes.Role, role),
            new(PortalClaims.Session, (await Sessions.StartAsync(user.Id, null, "192.0.2.1", Stop)).ToString(CultureInfo.InvariantCulture)),
        ],
        "test"));

    private async Task<string> BodyAsync(string path)
    {
        var response = await _portal.CreateClient().GetAsync(path, Stop);
        var text = await response.Content.ReadAsStringAsync(Stop);
        return response.StatusCode + text[text.IndexOf("<main", StringComparison.Ordinal)..text.IndexOf("</main>", StringComparison.Ordinal)];
    }

    private static Task<(HttpResponseMessage Response, string Body)> AcceptAsync(HttpClient client, string path, string name, string password) =>
        Doors.SendFormAsync(client, path, path, new() { ["_handler"] = "accept", ["Input.DisplayName"] = name, ["Input.Password"] = password });

    private static Task<(HttpResponseMessage Response, string Body)> ChangePasswordAsync(HttpClient client, string current, string next) =>
        Doors.SendFormAsync(client, "/settings/profile", "/account/password", new() { ["current"] = current, ["next"] = next });
}
