using CampaignPortal.Marketing.Settings;

namespace CampaignPortal.Web.Features.Settings;

/// <summary>The values of a page as they were loaded and as they are typed.</summary>
public sealed class SettingsForm(IReadOnlyDictionary<string, string> loaded)
{
    private readonly Dictionary<string, string> _before = loaded.ToDictionary(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _now = loaded.ToDictionary(StringComparer.Ordinal);

    public string this[string key]
    {
        get => _now[key];
        set => _now[key] = value;
    }

    public IReadOnlyList<SettingChange> Changes => [.. _now.Where(v => v.Value.Trim() != _before[v.Key]).Select(v => new SettingChange(v.Key, _before[v.Key], v.Value.Trim()))];

    /// <summary>The first value that may not be stored; null when all may.</summary>
    public string? FirstWrong => Changes.FirstOrDefault(c => KnownSettings.Find(c.Key)?.IsAllowed(c.After) is not true)?.Key;

    public void Discard()
    {
        foreach (var (key, value) in _before) _now[key] = value;
    }

    /// <summary>What was typed is what is stored now.</summary>
    public void Accept()
    {
        foreach (var (key, value) in _now) _before[key] = _now[key] = value.Trim();
    }

    /// <summary>Takes over what somebody else stored; the own value stays typed, or gives way.</summary>
    public void Resolve(SettingConflict conflict, bool keepMine)
    {
        _before[conflict.Key] = conflict.Current;
        if (!keepMine) _now[conflict.Key] = conflict.Current;
    }
}
