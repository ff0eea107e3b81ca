using System.Globalization;
using System.Text.RegularExpressions;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Testing;
using CampaignPortal.Web.Identity;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Web.Tests.Identity;

/// <summary>Accounts and sign-in for tests over the real host.</summary>
internal static partial class Doors
{
    public const string Password = "seven quiet herons wade";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<PortalUser> AddUserAsync(TestPortal portal, string role, string email)
    {
        using var scope = portal.Services.CreateScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<PortalUser>>();
        var user = new PortalUser { UserName = email, Email = email, DisplayName = "Mira Koch" };
        Assert.True((await users.CreateAsync(user, Password)).Succeeded);
        await users.SetRoleAsync(scope.ServiceProvider.GetRequiredService<RoleManager<IdentityRole<long>>>(), user, role);
        return user;
    }

    /// <summary>A client that is signed in.</summary>
    public static async Task<HttpClient> EnterAsync(TestPortal portal, string email)
    {
        var client = portal.CreateClient();
        client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        Assert.Equal(System.Net.HttpStatusCode.Redirect, (await SignInAsync(client, email, Password)).Response.StatusCode);
        return client;
    }

    public static Task<(HttpResponseMessage Response, string Body)> SignInAsync(HttpClient client, string email, string password) =>
        SendFormAsync(client, "/sign-in", "/sign-in", new() { ["_handler"] = "sign-in", ["Input.Email"] = email, ["Input.Password"] = password });

    /// <summary>Opens a page, and sends one of its forms with the page's token.</summary>
    public static async Task<(HttpResponseMessage Response, string Body)> SendFormAsync(HttpClient client, string page, string action, Dictionary<string, string> fields)
    {
        var form = await (await client.GetAsync(page, Stop)).Content.ReadAsStringAsync(Stop);
        fields["__RequestVerificationToken"] = TokenPattern().Matches(form)[^1].Groups["token"].Value;
        var response = await client.PostAsync(action, new FormUrlEncodedContent(fields), Stop);
        return (response, await response.Content.ReadAsStringAsync(Stop));
    }

    public static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex("__RequestVerificationToken\" value=\"(?<token>[^\"]+)", RegexOptions.ExplicitCapture, 1000)]
    public static partial Regex TokenPattern();
}
