using CampaignPortal.Marketing.Content.Data;
using CampaignPortal.Marketing.Content.Templates;
using CampaignPortal.Marketing.Customers.Attributes;

namespace CampaignPortal.Marketing.Content.Checks;

/// <summary>Fields that do not exist, with the one that was probably meant.</summary>
internal static class FieldChecks
{
    private const int MaxDistance = 3;

    public static IEnumerable<ContentFinding> Unknown(CompiledMessage message, IReadOnlyList<FieldChoice> choices)
    {
        var known = choices.ToDictionary(c => c.Field.Path, c => c.Field.Kind, StringComparer.Ordinal);
        foreach (var address in RenderFields.Addresses) known[address] = AttributeKind.Text;
        var groups = choices.Select(c => c.Field.Group).Append("recommendations").ToHashSet(StringComparer.Ordinal);
        foreach (var (place, use) in message.Fields)
        {
            if (use.Path is "this" || use.Path.StartsWith("this.", StringComparison.Ordinal) && IsItemField(use.Path["this.".Length..], use)) continue;
            var path = use.Candidates.FirstOrDefault(c => known.ContainsKey(c) || IsKnownBelow(c, use, known));
            if (path is null && !(groups.Contains(use.Path) && !use.IsOutput))
            {
                yield return At(TemplateCodes.UnknownField, place, use, ("name", use.Path), ("guess", Guess(use, known.Keys) ?? ""));
            }
            else if (path is not null && use.IsOutput && !use.HasFallback && known.GetValueOrDefault(path) is AttributeKind.List)
            {
                yield return At(TemplateCodes.IsAList, place, use, ("name", use.Path));
            }
        }
    }

    /// <summary>Fields of the items of a list, and of a map that is a trait.</summary>
    private static bool IsKnownBelow(string candidate, FieldUse use, Dictionary<string, AttributeKind> known)
    {
        var list = candidate.LastIndexOf("[].", StringComparison.Ordinal);
        if (list >= 0) return IsItemField(candidate[(list + 3)..], use);
        var dot = candidate.LastIndexOf('.');
        return dot > 0 && known.GetValueOrDefault(candidate[..dot]) is AttributeKind.Map;
    }

    private static bool IsItemField(string name, FieldUse use) => use.Scopes.Count > 0 && RenderFields.ItemFields.Contains(name);

    private static ContentFinding At(string code, ContentPlace place, FieldUse use, params ReadOnlySpan<(string, object)> arguments) =>
        Finding.Error(code, place, arguments) with { Line = use.Line, Column = use.Column };

    private static string? Guess(FieldUse use, IEnumerable<string> known)
    {
        var candidates = use.Scopes.Count > 0 ? known.Concat(RenderFields.ItemFields) : known;
        var (best, distance) = candidates.Select(k => (k, Distance(Plain(k), Plain(use.Path)))).DefaultIfEmpty(("", int.MaxValue)).MinBy(g => g.Item2);
        if (distance <= Math.Min(MaxDistance, use.Path.Length / 3)) return best;
        // "first_name" for "customer.first_name": right but for the group.
        return known.FirstOrDefault(k => k.EndsWith("." + use.Path, StringComparison.OrdinalIgnoreCase));
    }

    private static string Plain(string path) => path.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();

    /// <summary>Letters to add, take away or change (Levenshtein).</summary>
    private static int Distance(string a, string b)
    {
        if (a.Length > 200 || b.Length > 200) return int.MaxValue;
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var (diagonal, left) = (row[0], row[0] = i);
            for (var j = 1; j <= b.Length; j++)
            {
                left = Math.Min(Math.Min(row[j], left) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                (diagonal, row[j]) = (row[j], left);
            }
        }
        return row[b.Length];
    }
}
