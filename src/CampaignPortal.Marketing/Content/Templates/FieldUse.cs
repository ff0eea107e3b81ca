namespace CampaignPortal.Marketing.Content.Templates;

/// <summary>A field that a template mentions.</summary>
/// <param name="Path">As written.</param>
/// <param name="Scopes">Lists and maps around it, outermost first, as full paths; a list ends with <c>[]</c>.</param>
/// <param name="HasFallback">A missing value is answered for: by a default, a condition around it, or because it only decides.</param>
/// <param name="IsOutput">Its text is written; otherwise it decides or is walked through.</param>
public sealed record FieldUse(string Path, IReadOnlyList<string> Scopes, int Line, int Column, bool HasFallback, bool IsOutput)
{
    /// <summary>Where the value may stand, most likely first.</summary>
    public IEnumerable<string> Candidates => Scopes.Reverse().Select(scope => scope + "." + Path).Append(Path);
}
