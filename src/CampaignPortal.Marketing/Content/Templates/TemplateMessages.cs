namespace CampaignPortal.Marketing.Content.Templates;

/// <summary>English sentences for logs and the API; pages say it in their own words by the code.</summary>
internal static class TemplateMessages
{
    public static string Of(string code, string argument) => code switch
    {
        TemplateCodes.Unclosed => "A value begins with {{ but does not end with }}",
        TemplateCodes.Empty => "There is nothing between {{ and }}",
        TemplateCodes.Syntax => $"'{argument}' cannot be understood here",
        TemplateCodes.UnknownHelper => $"There is no helper '{argument}'",
        TemplateCodes.Arguments => $"'{argument}' has too few or too many values after it",
        TemplateCodes.NotClosed => $"The block '{argument}' is not closed: add {{{{/{argument}}}}}",
        TemplateCodes.WrongClose => $"This closing tag fits no open block '{argument}'",
        TemplateCodes.UnexpectedElse => "This else belongs to no block",
        TemplateCodes.RawOutput => "Values cannot be written without escaping: use two braces",
        TemplateCodes.Partial => "Templates cannot include others",
        TemplateCodes.ParentPath => $"'{argument}': names are joined by dots, and outer names are visible without a path",
        TemplateCodes.TooDeep => "Blocks lie more than eight deep",
        TemplateCodes.TooLong => "The template is longer than 256 KiB",
        TemplateCodes.UnknownField => $"There is no field '{argument}'",
        TemplateCodes.NotAList => $"'{argument}' is not a list",
        TemplateCodes.IsAList => $"'{argument}' is a list: go through it with each",
        TemplateCodes.UnknownStrategy => $"There is no list of products called '{argument}'",
        _ => code,
    };
}
