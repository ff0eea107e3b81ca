using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.WebUtilities;

namespace CampaignPortal.Web.Features.Content;

/// <summary>Messages that somebody is looking at, for the frame that shows them: in memory, for minutes, under addresses that nobody can guess (RELIABILITY.md S-26).</summary>
public sealed class PreviewStore(TimeProvider clock)
{
    private const int MaxCount = 500;

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    private readonly ConcurrentDictionary<string, Shown> _shown = new(StringComparer.Ordinal);

    /// <summary>Keeps a message for its author's frame; the answer is its name in the address.</summary>
    public string Add(string html, long userId)
    {
        Forget();
        var token = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(16));
        _shown[token] = new Shown(html, userId, clock.GetUtcNow());
        return token;
    }

    /// <summary>Null for a name that nobody has any more, and for another person's.</summary>
    public string? Find(string token, long userId) => _shown.TryGetValue(token, out var shown) && shown.UserId == userId && clock.GetUtcNow() - shown.At < Lifetime ? shown.Html : null;

    public void Remove(string token) => _shown.TryRemove(token, out _);

    private void Forget()
    {
        var now = clock.GetUtcNow();
        foreach (var (token, shown) in _shown)
        {
            if (now - shown.At >= Lifetime) Remove(token);
        }
        foreach (var (token, _) in _shown.OrderBy(s => s.Value.At).Take(_shown.Count - MaxCount + 1)) Remove(token);
    }

    private sealed record Shown(string Html, long UserId, DateTimeOffset At);
}
