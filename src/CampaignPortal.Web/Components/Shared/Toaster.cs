namespace CampaignPortal.Web.Components.Shared;

/// <summary>A short message at the lower edge. Never the only place where a result is shown.</summary>
/// <param name="Undo">Takes back what was just done; the message stays longer and offers it.</param>
public sealed record Toast(long Id, string Text, Tone Tone, Func<Task>? Undo)
{
    /// <summary>Failures stay until closed; what can be undone stays ten seconds, the rest six.</summary>
    public TimeSpan? Lifetime => Tone is Tone.Bad ? null : TimeSpan.FromSeconds(Undo is null ? 6 : 10);
}

/// <summary>The messages of one open page (scoped to its circuit). <c>Toasts</c> in the layout draws them.</summary>
public sealed class Toaster
{
    private const int ShownCount = 3;
    private readonly List<Toast> _shown = [];
    private long _lastId;

    public event Action? Changed;

    public IReadOnlyList<Toast> Shown => _shown;

    /// <summary>Something was done: "Archived", with the way back where there is one.</summary>
    public void Done(string text, Func<Task>? undo = null) => Show(text, Tone.Good, undo);

    /// <summary>Something could not be done. Stays until it is closed.</summary>
    public void Failed(string text) => Show(text, Tone.Bad, null);

    public void Close(long id)
    {
        if (_shown.RemoveAll(t => t.Id == id) > 0) Changed?.Invoke();
    }

    private void Show(string text, Tone tone, Func<Task>? undo)
    {
        _shown.Add(new Toast(++_lastId, text, tone, undo));
        if (_shown.Count > ShownCount) _shown.RemoveAt(0);
        Changed?.Invoke();
    }
}
