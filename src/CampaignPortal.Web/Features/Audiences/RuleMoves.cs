using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Features.Audiences;

/// <summary>Moves, copies and pastes the nodes of a rule that is being made. By mouse and by keyboard the same happens: the rule changes in one step that can be undone, the node keeps the focus, and it is said where it stands now.</summary>
public sealed class RuleMoves(BuilderState state)
{
    private string? _dragged;
    private Rule? _copied;

    /// <summary>Raised with what was done (neutral: for those who do not see it) or why it was not.</summary>
    public event Action<string, Tone>? Told;

    /// <summary>The place whose handle takes the focus at the next drawing; null for none.</summary>
    public string? FocusPath { get; set; }

    /// <summary>Keeps what was copied beyond this page; null keeps it here alone.</summary>
    public Func<Rule, Task>? Keep { get; set; }

    /// <summary>Reads what was kept; null as above.</summary>
    public Func<Task<Rule?>>? Kept { get; set; }

    /// <summary>One place up (−1) or down (1) in its group.</summary>
    public void Shift(string path, int by)
    {
        var index = int.Parse(path[(path.LastIndexOf('.') + 1)..], System.Globalization.CultureInfo.InvariantCulture) + by;
        Take(RuleTree.Shift(state.Rule, path, by), RuleTree.Child(RuleTree.ParentOf(path), index));
    }

    public void Into(string path, string group) => Take(RuleTree.MoveInto(state.Rule, path, group, out var now), now);

    public void Begin(string path) => _dragged = path;

    /// <summary>What is being dragged is let go over a node: it stands before it.</summary>
    public void DropBefore(string path)
    {
        if (_dragged is { } from) Take(RuleTree.Move(state.Rule, from, path, out var now), now);
        _dragged = null;
    }

    /// <summary>What is being dragged is let go over a group.</summary>
    public void DropInto(string group)
    {
        if (_dragged is { } from) Into(from, group);
        _dragged = null;
    }

    /// <summary>Groups that a node can be moved to, with their names: neither its own nor one inside it.</summary>
    public IEnumerable<(string Path, string Name)> TargetsOf(string path) => RuleTree.Groups(state.Rule)
        .Where(group => group != RuleTree.ParentOf(path) && group != path && !group.StartsWith(path + ".", StringComparison.Ordinal) && RuleTree.Fits(RuleTree.MoveInto(state.Rule, path, group, out _)))
        .Select(group => (group, NameOf(group)));

    public async Task CopyAsync(string path)
    {
        if (RuleTree.At(state.Rule, path) is not { } node) return;
        // The order of audiences wrote it for this one alone.
        _copied = node is MembershipCondition { IsByPriority: true } first ? first with { IsByPriority = false } : node;
        if (Keep is { } keep) await keep(_copied);
        Told?.Invoke(AudienceWords.Copied, Tone.Good);
    }

    public async Task PasteAsync(string group)
    {
        var node = Kept is { } kept ? await kept() : _copied;
        if (node is null)
        {
            Told?.Invoke(AudienceWords.NothingCopied, Tone.Bad);
            return;
        }
        Take(RuleTree.Add(state.Rule, group, node with { }), RuleTree.At(state.Rule, group) is RuleGroup { Rules.Count: var last } ? RuleTree.Child(group, last) : group);
    }

    private void Take(AudienceRule changed, string now)
    {
        if (!state.CanEdit || changed == state.Rule) return;
        if (!RuleTree.Fits(changed))
        {
            Told?.Invoke(Say.With(AudienceWords.TooLarge, ("depth", Figures.Count(RuleLimits.Depth)), ("count", Figures.Count(RuleLimits.Nodes))), Tone.Bad);
            return;
        }
        FocusPath = now;
        state.Set(changed);
        var (group, node) = (RuleTree.ParentOf(now), RuleTree.At(changed, now));
        var count = RuleTree.At(changed, group) is RuleGroup { Rules.Count: var all } ? all : 1;
        var place = int.Parse(now[(now.LastIndexOf('.') + 1)..], System.Globalization.CultureInfo.InvariantCulture) + 1;
        Told?.Invoke(
            Say.With(AudienceWords.NowAt, ("name", node is null ? "" : NameOf(node)), ("group", NameOf(group)), ("place", Figures.Count(place)), ("count", Figures.Count(count))), Tone.Neutral);
    }

    private string NameOf(string group) => group switch
    {
        RuleTree.Who => AudienceWords.WholeRule,
        RuleTree.LeaveOut => AudienceWords.LeaveOut,
        _ => NameOf(RuleTree.At(state.Rule, group) ?? RuleGroup.Everyone),
    };

    private string NameOf(Rule node) => node is RuleGroup { Rules.Count: 0 } ? AudienceWords.NewGroup : state.Choices.Sentence.Of(node);
}
