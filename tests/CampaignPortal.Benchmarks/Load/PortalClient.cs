using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using CampaignPortal.Testing;

namespace CampaignPortal.Benchmarks.Load;

/// <summary>An answer of the portal.</summary>
/// <param name="Milliseconds">From the request to the last byte.</param>
internal sealed record PageAnswer(HttpStatusCode Status, string Html, double Milliseconds);

/// <summary>The portal in a process of its own, with an administrator signed in.</summary>
internal sealed partial class PortalClient : IAsyncDisposable
{
    private readonly HttpClient _client;

    private PortalClient(ChildProgram program, HttpClient client, CookieContainer cookies) => (Program, _client, Cookies) = (program, client, cookies);

    public ChildProgram Program { get; }

    public CookieContainer Cookies { get; }

    public Uri Address => _client.BaseAddress!; // set where it is made

    public static async Task<PortalClient> StartAsync(string data, CancellationToken ct)
    {
        var (program, first) = await ChildProgram.ServeAsync(data, faults: null, ct);
        var cookies = new CookieContainer();
        var client = new HttpClient(new SocketsHttpHandler { CookieContainer = cookies, AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = first.BaseAddress, Timeout = TimeSpan.FromMinutes(2) };
        first.Dispose();
        var portal = new PortalClient(program, client, cookies);
        await portal.SignInAsync(ct);
        return portal;
    }

    public async Task<PageAnswer> GetAsync(string address, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        using var response = await _client.GetAsync(new Uri(address, UriKind.Relative), ct);
        var html = await response.Content.ReadAsStringAsync(ct);
        return new PageAnswer(response.StatusCode, html, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Program.DisposeAsync();
    }

    private async Task SignInAsync(CancellationToken ct)
    {
        var form = (await GetAsync("/sign-in", ct)).Html;
        using var content = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["_handler"] = "sign-in",
            ["__RequestVerificationToken"] = TokenPattern().Matches(form)[^1].Groups["token"].Value,
            ["Input.Email"] = LargeShopData.Email,
            ["Input.Password"] = LargeShopData.Password,
        });
        using var response = await _client.PostAsync(new Uri("/sign-in", UriKind.Relative), content, ct);
        if (response.StatusCode is not HttpStatusCode.Redirect) throw new InvalidDataException($"Signing in was answered with {response.StatusCode}. Is the directory of another benchmark?");
    }

    [GeneratedRegex("__RequestVerificationToken\" value=\"(?<token>[^\"]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TokenPattern();
}
