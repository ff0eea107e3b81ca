using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Content;

namespace CampaignPortal.Web.Features.Campaigns;

/// <summary>The changes of a draft, to go back and forth among the last fifty.</summary>
internal sealed class DraftHistory
{
    private const int MaxSteps = 50;

    private readonly LinkedList<CampaignDraft> _past = [], _undone = [];

    public bool CanUndo => _past.Count > 0;

    public bool CanRedo => _undone.Count > 0;

    /// <summary>Notes what was before a change. What a compiler made of a source is no step of the author's: going back to it would show nothing new.</summary>
    public void Add(CampaignDraft before, CampaignDraft after)
    {
        if (before == after || Written(before).SequenceEqual(Written(after)) && before with { Variants = after.Variants } == after) return;
        _undone.Clear();
        _past.AddLast(before);
        if (_past.Count > MaxSteps) _past.RemoveFirst();
    }

    /// <summary>The draft before the last change; null at the beginning.</summary>
    public CampaignDraft? Undo(CampaignDraft now) => Step(_past, _undone, now);

    /// <summary>The draft as it was before the last <see cref="Undo"/>; null without one.</summary>
    public CampaignDraft? Redo(CampaignDraft now) => Step(_undone, _past, now);

    public void Clear()
    {
        _past.Clear();
        _undone.Clear();
    }

    private static CampaignDraft? Step(LinkedList<CampaignDraft> from, LinkedList<CampaignDraft> to, CampaignDraft now)
    {
        if (from.Last?.Value is not { } then) return null;
        from.RemoveLast();
        to.AddLast(now);
        return then;
    }

    private static IEnumerable<DraftVariant> Written(CampaignDraft draft) =>
        draft.Variants.Select(v => v.Content.BodyFormat is BodyFormat.Mjml ? v with { Content = v.Content with { Body = "", CompiledFrom = null } } : v);
}
