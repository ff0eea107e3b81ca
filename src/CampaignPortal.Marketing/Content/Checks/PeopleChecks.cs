using System.Text;
using CampaignPortal.Marketing.Content.Data;

namespace CampaignPortal.Marketing.Content.Checks;

/// <summary>What only shows on real people: values that are missing, lists that stay empty, messages that become too big.</summary>
internal static class PeopleChecks
{
    /// <summary>A large mail provider cuts what is longer, and with it the unsubscribe link.</summary>
    public const int MaxBytes = 102 * 1024;

    private const int RenderedCount = 100;

    /// <param name="scale">Recipients for each person looked at.</param>
    public static IReadOnlyList<ContentFinding> Of(CompiledMessage message, IReadOnlyList<RenderData> people, double scale)
    {
        if (people.Count == 0) return [Finding.Warning(FindingCodes.NobodyToCheck, ContentPlace.Message)];
        return [.. Values(message, people, scale), .. Lists(message, people, scale), .. Rendered(message, people)];
    }

    private static List<ContentFinding> Values(CompiledMessage message, IReadOnlyList<RenderData> people, double scale)
    {
        var findings = new List<ContentFinding>();
        var isComplete = true;
        foreach (var (place, use) in message.Fields.Where(f => f.Use.IsOutput && f.Use.Scopes.Count == 0 && !RenderFields.Addresses.Contains(f.Use.Path)).DistinctBy(f => (f.Use.Path, f.Use.HasFallback)))
        {
            var missing = people.Count(p => !ReadFieldsHandler.IsFilled(ReadFieldsHandler.ValueOf(p, use.Path)));
            if (missing == 0) continue;
            isComplete = false;
            var code = use.HasFallback ? FindingCodes.FallbackUsed : message.Content.WhenMissing switch
            {
                MissingValue.Empty => FindingCodes.MissingStaysEmpty,
                MissingValue.Skip => FindingCodes.MissingSkips,
                MissingValue.Stop => FindingCodes.MissingStops,
                _ => FindingCodes.MissingFallback,
            };
            (string, object)[] arguments = [("name", use.Path), ("count", (long)Math.Round(missing * scale)), ("share", missing / (double)people.Count)];
            findings.Add((code is FindingCodes.MissingFallback ? Finding.Error(code, place, arguments) : Finding.Warning(code, place, arguments)) with { Line = use.Line, Column = use.Column });
        }
        if (isComplete) findings.Add(Finding.Fine(FindingCodes.ValuesFilled, ContentPlace.Body));
        return findings;
    }

    private static IEnumerable<ContentFinding> Lists(CompiledMessage message, IReadOnlyList<RenderData> people, double scale)
    {
        foreach (var list in message.Needs.Lists.Select(l => l.Strategy).Distinct(StringComparer.Ordinal))
        {
            var empty = people.Count(p => ReadFieldsHandler.ValueOf(p, "recommendations." + list).List.Count == 0);
            if (empty > 0) yield return Finding.Warning(FindingCodes.ListEmpty, ContentPlace.Body, ("name", list), ("count", (long)Math.Round(empty * scale)), ("share", empty / (double)people.Count));
        }
    }

    private static IEnumerable<ContentFinding> Rendered(CompiledMessage message, IReadOnlyList<RenderData> people)
    {
        var (largest, broken) = (0, (RenderFailure?)null);
        foreach (var person in CustomerSample.Of([.. Enumerable.Range(0, people.Count).Select(i => (long)i)], RenderedCount))
        {
            var outcome = message.Render(people[(int)person], PreviewLinks.Instance);
            if (outcome is RenderedMessage rendered) largest = Math.Max(largest, Encoding.UTF8.GetByteCount(rendered.Html));
            else if (outcome is RenderFailure { Kind: RenderFailureKind.Error } failure) broken ??= failure;
        }
        if (broken is not null) yield return Finding.Error(FindingCodes.CannotRender, ContentPlace.Message, ("name", broken.Field), ("reason", broken.Message));
        if (largest > MaxBytes) yield return Finding.Warning(FindingCodes.TooBig, ContentPlace.Message, ("size", (largest + 1023) / 1024));
        else if (largest > 0) yield return Finding.Fine(FindingCodes.SizeFine, ContentPlace.Message, ("size", (largest + 1023) / 1024));
    }
}
