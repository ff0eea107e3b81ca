using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Audiences.Rules;

namespace CampaignPortal.Web.Features.Audiences;

/// <summary>The rule that is being made, with the way back. One for each open builder; its parts change the rule through it alone.</summary>
public sealed class BuilderState(AudienceRule rule, BuilderChoices choices, bool canEdit)
{
    private const int Steps = 100;
    private readonly List<AudienceRule> _past = [], _undone = [];

    /// <summary>Raised after each change.</summary>
    public event Action? Changed;

    public AudienceRule Rule { get; private set; } = rule;

    public BuilderChoices Choices => choices;

    public bool CanEdit => canEdit;

    /// <summary>The newest counts; null until the first came.</summary>
    public AudiencePreview? Preview { get; set; }

    /// <summary>Finds and changes places of nodes, and says so.</summary>
    public RuleMoves Moves => field ??= new RuleMoves(this);

    public bool CanUndo => _past.Count > 0;

    public bool CanRedo => _undone.Count > 0;

    public void Set(AudienceRule changed)
    {
        if (!canEdit || changed == Rule) return;
        _past.Add(Rule);
        if (_past.Count > Steps) _past.RemoveAt(0);
        _undone.Clear();
        Show(changed);
    }

    public void Undo() => Step(_past, _undone);

    public void Redo() => Step(_undone, _past);

    /// <summary>Begins with another rule: what was before is forgotten.</summary>
    public void Reset(AudienceRule other)
    {
        _past.Clear();
        _undone.Clear();
        Show(other);
    }

    private void Step(List<AudienceRule> from, List<AudienceRule> to)
    {
        if (from.Count is 0) return;
        to.Add(Rule);
        var next = from[^1];
        from.RemoveAt(from.Count - 1);
        Show(next);
    }

    private void Show(AudienceRule next)
    {
        Rule = next;
        Changed?.Invoke();
    }
}
