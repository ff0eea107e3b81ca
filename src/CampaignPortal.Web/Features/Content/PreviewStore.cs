using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.WebUtilities;

namespace CampaignPortal.Web.Features.Content;

/// <summary>Messages that somebody is looking at, for the frame that shows them: in memory, for minutes, under addresses that nobody can guess (RELIABILITY.md S-26).</summary>
public sealed class PreviewStore(TimeProvider clock)
{
    private const int MaxCount = 500;

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    // A browser that was told of a message may ask for it after the author has moved on.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<string, Shown> _shown = new(StringComparer.Ordinal);

    /// <summary>Keeps a message for its author's frame; the answer is its name in the address.</summary>
    public string Add(string html, long userId)
    {
        Forget();
        var token = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(16));
        _shown[token] = new Shown(html, userId, clock.GetUtcNow() + Lifetime);
        return token;
    }

    /// <summary>Null for a name that nobody has any more, and for another person's.</summary>
    public string? Find(string token, long userId) => _shown.TryGetValue(token, out var shown) && shown.UserId == userId && clock.GetUtcNow() < shown.Until ? shown.Html : null;

    /// <summary>Says that nobody looks at it any more; it is there for as long as a browser may be on its way to it.</summary>
    public void Retire(string token)
    {
        if (_shown.TryGetValue(token, out var shown)) _shown.TryUpdate(token, shown with { Until = clock.GetUtcNow() + Grace }, shown);
    }

    private void Forget()
    {
        var now = clock.GetUtcNow();
        foreach (var (token, shown) in _shown)
        {
            if (now >= shown.Until) _shown.TryRemove(token, out _);
        }
        foreach (var (token, _) in _shown.OrderBy(s => s.Value.Until).Take(_shown.Count - MaxCount + 1)) _shown.TryRemove(token, out _);
    }

    private sealed record Shown(string Html, long UserId, DateTimeOffset Until);
}
