using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Customers.Attributes;

namespace CampaignPortal.Web.Features.Content;

/// <summary>How a value is written into a template: in the form of its kind, with a default where somebody lacks it.</summary>
public static class FieldText
{
    /// <param name="fallback">What the author wants in place of a missing value; empty asks for none.</param>
    public static string Of(FieldChoice choice, string fallback)
    {
        var path = choice.Field.Path;
        switch (choice.Field.Kind)
        {
            case AttributeKind.List:
                return path is "orders.last_items" ? $"{{{{#each {path}}}}}{{{{name}}}} {{{{/each}}}}" : $"{{{{join {path}}}}}";
            case AttributeKind.Boolean:
                return $"{{{{#if {path}}}}}{{{{/if}}}}";
        }
        var written = choice.Field.Kind switch
        {
            AttributeKind.Money => $"money {path}",
            AttributeKind.Number => $"number {path}",
            AttributeKind.Date or AttributeKind.DateTime => $"date {path}",
            _ => path,
        };
        var text = fallback.Trim().Replace("\"", "'", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal);
        if (text.Length == 0) return $"{{{{{written}}}}}";
        return written == path ? $"{{{{default {path} \"{text}\"}}}}" : $"{{{{default ({written}) \"{text}\"}}}}";
    }
}
