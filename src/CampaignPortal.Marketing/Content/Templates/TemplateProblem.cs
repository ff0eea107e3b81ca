namespace CampaignPortal.Marketing.Content.Templates;

/// <summary>Why a template cannot be used, and where.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in characters.</param>
/// <param name="Code">Stable name of the problem, the key of its words: one of <see cref="TemplateCodes"/>.</param>
/// <param name="Message">What was expected and what was found, in English, for logs and the API.</param>
/// <param name="Argument">The name that the words mention; empty without one.</param>
public sealed record TemplateProblem(int Line, int Column, string Code, string Message, string Argument = "");

/// <summary>What can be wrong with a template.</summary>
public static class TemplateCodes
{
    public const string Unclosed = "unclosed", Empty = "empty", Syntax = "syntax", UnknownHelper = "unknown-helper", Arguments = "arguments", NotClosed = "block-not-closed", WrongClose = "wrong-close",
        UnexpectedElse = "unexpected-else", RawOutput = "raw-output", Partial = "partial", ParentPath = "parent-path", TooDeep = "too-deep", TooLong = "too-long", UnknownField = "unknown-field",
        NotAList = "not-a-list", UnknownStrategy = "unknown-strategy", IsAList = "is-a-list", TornBlock = "torn-block", Mjml = "mjml";
}

/// <summary>A template that can be used, or why it cannot.</summary>
/// <param name="Template">Null when there are problems.</param>
public sealed record TemplateResult(CompiledTemplate? Template, IReadOnlyList<TemplateProblem> Problems);
