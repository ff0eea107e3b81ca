using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Content.Templates;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Features.Content;

/// <summary>One reason for what stands in a message.</summary>
/// <param name="Place">"Subject", "Message".</param>
/// <param name="Products">Of a list, each with its reason.</param>
public sealed record WhyLine(string Place, string Text, IReadOnlyList<string> Products);

/// <summary>The reader's words for why each part of a message appeared.</summary>
public static class WhyNames
{
    private const int MaxLength = 80;

    /// <summary>Rounds of a loop that say the same are said once.</summary>
    public static IReadOnlyList<WhyLine> Of(RenderTrace trace, Viewer viewer) =>
        [.. trace.Parts.Select(part => Of(part, viewer)).DistinctBy(line => (line.Place, line.Text, string.Join('\n', line.Products)))];

    private static WhyLine Of(TracedPart part, Viewer viewer) => part switch
    {
        TracedCondition condition => Line(part, Say.With(ContentWords.WhyCondition, ("values", string.Join(ContentWords.WhyAnd, condition.Values.Select(v => Of(v, viewer)))), ("branch", Of(condition.Branch)))),
        TracedDefault used => Line(part, Say.With(ContentWords.WhyDefault, ("name", used.Field), ("text", Short(used.Text)))),
        TracedList list => Line(part, Say.With(ContentWords.WhyList, ("list", Vocabulary.Strategy(list.Strategy)), ("products", CountOf(list.Products.Count)))) with { Products = [.. list.Products.Select(Of)] },
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, "No words for this part."),
    };

    private static WhyLine Line(TracedPart part, string text) => new(ContentNames.Of(part.Place), text, []);

    private static string Of(TracedBranch branch) => branch switch
    {
        TracedBranch.Shown => ContentWords.WhyShown,
        TracedBranch.Else => ContentWords.WhyElse,
        TracedBranch.NextCondition => ContentWords.WhyNextCondition,
        _ => ContentWords.WhyLeftOut,
    };

    private static string Of(TracedValue traced, Viewer viewer)
    {
        var (name, value) = (("name", traced.Field), traced.Value);
        return value.Kind switch
        {
            TemplateValueKind.Missing => Say.With(ContentWords.WhyMissing, name),
            TemplateValueKind.Map => Say.With(ContentWords.WhyKnown, name),
            TemplateValueKind.List => Say.With(ContentWords.WhyEntries, name, ("count", Figures.Count(value.List.Count))),
            TemplateValueKind.Text when string.IsNullOrWhiteSpace(value.Text) => Say.With(ContentWords.WhyEmpty, name),
            _ => Say.With(ContentWords.WhyIs, name, ("value", TextOf(value, viewer))),
        };
    }

    private static string TextOf(TemplateValue value, Viewer viewer) => value.Kind switch
    {
        TemplateValueKind.Number => Number(value.Number),
        TemplateValueKind.Boolean => value.Boolean ? Words.Yes : Words.No,
        TemplateValueKind.Time => Figures.Day(value.Time, viewer.Zone, viewer.Clock.GetUtcNow()),
        _ => Short(value.Text),
    };

    // As many decimals as it has, up to four: chances need them, counts have none.
    private static string Number(decimal number)
    {
        var digits = 0;
        while (digits < 4 && Math.Round(number, digits) != number) digits++;
        return Figures.Number((double)number, digits);
    }

    private static string CountOf(int products) => products == 0 ? ContentWords.WhyNoProducts : Say.Counted(products, ContentWords.WhyProductOne, ContentWords.WhyProductMany);

    private static string Of(TracedProduct product) => product.Offer is { } offer
        ? Say.With(ContentWords.WhyProduct, ("name", product.Name), ("reason", Vocabulary.OfferShort(offer.Reason, offer.Arguments)))
        : product.Name;

    private static string Short(string text) => text.Length <= MaxLength ? text : text[..MaxLength] + "…";
}
