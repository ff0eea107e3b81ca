using System.Collections.Concurrent;

namespace CampaignPortal.Marketing.Delivery.Tracking;

/// <summary>What a request for a link of a mail tells about who makes it.</summary>
/// <param name="IsHead">Asked for the head only: people's programs never do.</param>
/// <param name="Agent">How the program calls itself.</param>
/// <param name="IsPrefetch">The program said that it fetches ahead.</param>
public sealed record VisitFacts(bool IsHead, string? Agent, bool IsPrefetch);

/// <param name="By"><c>human</c>, <c>machine</c> or <c>unknown</c>.</param>
/// <param name="Reason">Why we think so.</param>
public readonly record struct VisitVerdict(string By, string Reason)
{
    public const string Human = "human", Machine = "machine", Unknown = "unknown";
}

/// <summary>Tells people from machines that open and click before them: proxies of privacy, gateways that test every link (DE-12). Only people count.</summary>
/// <remarks>
/// A judgement at the moment of the visit: the first link that a gateway tests is told by its haste after the delivery, the others by their burst.
/// What is remembered is bounded and lost at a restart, which makes nobody a machine.
/// </remarks>
public sealed class VisitJudge(TimeProvider clock)
{
    private const int MaxRemembered = 50_000;
    private static readonly TimeSpan Haste = TimeSpan.FromSeconds(2), Burst = TimeSpan.FromSeconds(1.5), Suspicion = TimeSpan.FromMinutes(2), Repetition = TimeSpan.FromSeconds(10);
    private static readonly string[] Scanners = ["bot", "crawler", "spider", "scan", "proofpoint", "mimecast", "barracuda", "safelinks", "trendmicro", "fireeye", "symantec", "curl/", "python-", "wget", "headless", "go-http", "java/"];
    private static readonly string[] Proxies = ["googleimageproxy", "yahoomailproxy"];

    private readonly ConcurrentDictionary<long, Seen> _seen = new();

    public VisitVerdict JudgeClick(VisitFacts visit, long messageId, int index, DateTimeOffset? sentAt)
    {
        var seen = Remember(messageId);
        lock (seen)
        {
            var now = clock.GetUtcNow();
            var isBurst = seen.LastIndex is { } other && other != index && now - seen.LastAt < Burst;
            (seen.LastIndex, seen.LastAt) = (index, now);
            var reason = ByItself(visit) ?? (isBurst ? "burst" : now - sentAt < Haste ? "haste" : now < seen.SuspectUntil ? "suspect" : null);
            if (reason is null) return new VisitVerdict(VisitVerdict.Human, "browser");
            seen.SuspectUntil = now + Suspicion;
            return new VisitVerdict(VisitVerdict.Machine, reason);
        }
    }

    /// <summary>The hidden link was followed: for a while everything of this message is a machine's.</summary>
    public VisitVerdict Trapped(long messageId)
    {
        var seen = Remember(messageId);
        lock (seen) seen.SuspectUntil = clock.GetUtcNow() + Suspicion;
        return new VisitVerdict(VisitVerdict.Machine, "trap");
    }

    public VisitVerdict JudgeOpen(VisitFacts visit, long messageId, DateTimeOffset? sentAt)
    {
        if (ByItself(visit) is { } reason) return new VisitVerdict(VisitVerdict.Machine, reason);
        if (clock.GetUtcNow() - sentAt < Haste) return new VisitVerdict(VisitVerdict.Machine, "haste");
        if (_seen.TryGetValue(messageId, out var seen) && clock.GetUtcNow() < seen.SuspectUntil) return new VisitVerdict(VisitVerdict.Machine, "suspect");
        // A mail program that hides its readers fetches every picture at once, under a name that says nothing more than "Mozilla/5.0".
        if (visit.Agent?.Trim() is "Mozilla/5.0") return new VisitVerdict(VisitVerdict.Machine, "privacy-proxy");
        if (Contains(visit.Agent, Proxies)) return new VisitVerdict(VisitVerdict.Unknown, "image-proxy"); // it fetches when somebody opens, and keeps the picture
        return string.IsNullOrWhiteSpace(visit.Agent) ? new VisitVerdict(VisitVerdict.Unknown, "no-agent") : new VisitVerdict(VisitVerdict.Human, "browser");
    }

    /// <summary>Whether the same was asked a moment ago: a double click, or a flood.</summary>
    public bool IsRepetition(long messageId, int index)
    {
        var seen = Remember(messageId);
        lock (seen)
        {
            var now = clock.GetUtcNow();
            var isRepetition = seen.Asked.TryGetValue(index, out var last) && now - last < Repetition && now >= last;
            if (!isRepetition && seen.Asked.Count < 100) seen.Asked[index] = now;
            return isRepetition;
        }
    }

    private static string? ByItself(VisitFacts visit) => visit switch
    {
        { IsHead: true } => "head",
        { IsPrefetch: true } => "prefetch",
        _ when Contains(visit.Agent, Scanners) => "agent",
        _ => null,
    };

    private static bool Contains(string? agent, string[] parts) => agent is not null && parts.Any(p => agent.Contains(p, StringComparison.OrdinalIgnoreCase));

    private Seen Remember(long messageId)
    {
        if (_seen.Count > MaxRemembered) _seen.Clear();
        return _seen.GetOrAdd(messageId, _ => new Seen());
    }

    private sealed class Seen
    {
        public int? LastIndex { get; set; }
        public DateTimeOffset LastAt { get; set; }
        public DateTimeOffset SuspectUntil { get; set; }
        public Dictionary<int, DateTimeOffset> Asked { get; } = [];
    }
}
