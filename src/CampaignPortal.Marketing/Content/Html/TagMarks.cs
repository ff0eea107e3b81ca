using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CampaignPortal.Marketing.Content.Templates;

namespace CampaignPortal.Marketing.Content.Html;

/// <summary>Takes the tags of a template out of a text, so that Markdown and HTML parsers see words and comments, and puts them back afterwards.</summary>
/// <remarks>
/// A value becomes a word, which survives in a sentence and in an attribute. A block becomes a comment, which survives even between the rows of a table,
/// where a parser would push a word out.
/// </remarks>
internal sealed partial class TagMarks
{
    private const string UsualPrefix = "cpv";

    private readonly string _source;
    private readonly List<Token> _tags = [];
    private readonly string _prefix;

    private readonly Regex _pattern;

    private TagMarks(string source)
    {
        (_source, _prefix) = (source, FreePrefix(source));
        _pattern = _prefix is UsualPrefix ? Usual() : Pattern(_prefix);
    }

    /// <summary>The text with marks in place of tags.</summary>
    public string Marked { get; private set; } = "";

    public static TagMarks Of(string source, bool isHtml)
    {
        var marks = new TagMarks(source);
        marks.Mark(isHtml);
        return marks;
    }

    /// <summary>The marks of a text, with what stands between them: an empty first text when it begins with a mark.</summary>
    public IEnumerable<(string Text, Token? Tag)> Split(string text)
    {
        var at = 0;
        foreach (Match match in _pattern.Matches(text))
        {
            var number = int.Parse(match.Groups["n"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
            if (number >= _tags.Count) continue; // somebody wrote a word that looks like a mark
            yield return (text[at..match.Index], _tags[number]);
            at = match.Index + match.Length;
        }
        if (at < text.Length) yield return (text[at..], null);
    }

    /// <summary>The tag that a comment stands for; null for a comment of the author's.</summary>
    public Token? InComment(string comment) => Split(comment).FirstOrDefault() is (_, { } tag) ? tag : null;

    public bool HasTag(string text) => Split(text).Any(p => p.Tag is not null);

    /// <summary>How the tag stands in the source.</summary>
    public string SourceOf(Token tag) => tag.Kind is TokenKind.Text ? "\\{{" : _source[tag.Start..tag.End];

    public static bool IsBlock(Token tag) => tag.Kind is TokenKind.Open or TokenKind.Close or TokenKind.Else or TokenKind.Comment || RecommendationCards.IsTag(tag);

    private void Mark(bool isHtml)
    {
        var marked = new StringBuilder(_source.Length + 64);
        var place = new MarkupPlace();
        var at = 0;
        foreach (var token in TemplateLexer.Read(_source, (_, _, _) => { }))
        {
            var isEscape = token.Kind is TokenKind.Text && token.Start > 0 && _source[token.Start - 1] is '\\' && _source.AsSpan(token.Start).StartsWith("{{");
            if (token.Kind is TokenKind.Text && !isEscape) continue;
            var before = _source.AsSpan(at, token.Start - (isEscape ? 1 : 0) - at);
            marked.Append(before);
            if (isHtml) place.Read(before);
            var isComment = IsBlock(token) && !place.IsInTag;
            marked.Append(CultureInfo.InvariantCulture, $"{(isComment ? "<!--" : "")}{_prefix}{_tags.Count}z{(isComment ? "-->" : "")}");
            _tags.Add(token);
            at = token.End;
        }
        marked.Append(_source.AsSpan(at));
        Marked = marked.ToString();
    }

    private static string FreePrefix(string source)
    {
        var prefix = UsualPrefix;
        while (source.Contains(prefix, StringComparison.OrdinalIgnoreCase)) prefix += "q";
        return prefix;
    }

    [GeneratedRegex("(?:<!--|%3C!--)?cpv(?<n>[0-9]{1,6})z(?:-->|--%3E)?", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Usual();

    private static Regex Pattern(string prefix) =>
        new($"(?:<!--|%3C!--)?{prefix}(?<n>[0-9]{{1,6}})z(?:-->|--%3E)?", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

    /// <summary>Follows whether a text has come to stand inside an HTML tag.</summary>
    private struct MarkupPlace
    {
        private char _quote;

        public bool IsInTag { get; private set; }

        public void Read(ReadOnlySpan<char> text)
        {
            for (var i = 0; i < text.Length; i++)
            {
                var c = text[i];
                if (!IsInTag) IsInTag = c is '<' && i + 1 < text.Length && (char.IsAsciiLetter(text[i + 1]) || text[i + 1] is '/');
                else if (_quote is not '\0') _quote = c == _quote ? '\0' : _quote;
                else if (c is '"' or '\'') _quote = c;
                else if (c is '>') IsInTag = false;
            }
        }
    }
}
