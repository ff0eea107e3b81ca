namespace CampaignPortal.Marketing.Content.Templates;

internal enum TokenKind
{
    Text, Output, Open, Close, Else, Comment,
}

/// <summary>A stretch of a template: text as it stands, or what is inside a tag.</summary>
/// <param name="Start">First character of the whole token, tags included.</param>
/// <param name="End">After its last character.</param>
/// <param name="InnerStart">First character of what the tag says.</param>
/// <param name="Inner">What the tag says, without braces and sign.</param>
internal readonly record struct Token(TokenKind Kind, int Start, int End, int InnerStart, string Inner);

/// <summary>Cuts a template into text and tags. Never throws; what is no tag of ours is a problem with its place.</summary>
internal static class TemplateLexer
{
    /// <param name="report">Called with the place of what is wrong, its code and an argument.</param>
    public static List<Token> Read(string source, Action<int, string, string> report)
    {
        var tokens = new List<Token>();
        for (var at = 0; at < source.Length;)
        {
            var open = source.IndexOf("{{", at, StringComparison.Ordinal);
            if (open < 0)
            {
                AddText(tokens, source, at, source.Length);
                break;
            }
            if (open > at && source[open - 1] is '\\') // \{{ is meant as it stands
            {
                AddText(tokens, source, at, open - 1);
                AddText(tokens, source, open, open + 2);
                at = open + 2;
                continue;
            }
            AddText(tokens, source, at, open);
            at = ReadTag(source, open, tokens, report);
        }
        return Trim(tokens, source);
    }

    private static void AddText(List<Token> tokens, string source, int from, int to)
    {
        if (to > from) tokens.Add(new Token(TokenKind.Text, from, to, from, source[from..to]));
    }

    /// <summary>Reads one tag; answers where to go on.</summary>
    private static int ReadTag(string source, int open, List<Token> tokens, Action<int, string, string> report)
    {
        if (source.AsSpan(open).StartsWith("{{!--", StringComparison.Ordinal))
        {
            var end = source.IndexOf("--}}", open + 5, StringComparison.Ordinal);
            if (end < 0) return Broken(open, TemplateCodes.Unclosed);
            tokens.Add(new Token(TokenKind.Comment, open, end + 4, open + 5, ""));
            return end + 4;
        }
        if (source.AsSpan(open).StartsWith("{{{", StringComparison.Ordinal)) return Broken(open, TemplateCodes.RawOutput);
        var close = FindClose(source, open + 2);
        if (close < 0) return Broken(open, TemplateCodes.Unclosed);
        var (from, to) = (open + 2, close);
        if (from < to && source[from] is '~') from++;
        if (to > from && source[to - 1] is '~') to--;
        var (inner, start) = Cut(source, from, to);
        if (inner.Length is 0)
        {
            report(open, TemplateCodes.Empty, "");
            return close + 2;
        }
        var kind = KindOf(inner);
        if (kind is null) report(start, inner[0] is '>' ? TemplateCodes.Partial : TemplateCodes.RawOutput, "");
        else if (kind is TokenKind.Open or TokenKind.Close) tokens.Add(Tag(kind.Value, source, open, close + 2, start + 1, to));
        else tokens.Add(new Token(kind.Value, open, close + 2, start, inner));
        return close + 2;

        int Broken(int place, string code)
        {
            report(place, code, "");
            return source.Length; // what follows cannot be told apart from the broken tag
        }
    }

    private static Token Tag(TokenKind kind, string source, int open, int end, int from, int to)
    {
        var (inner, start) = Cut(source, from, to);
        return new Token(kind, open, end, start, inner);
    }

    private static TokenKind? KindOf(string inner) => inner[0] switch
    {
        '!' => TokenKind.Comment,
        '#' => TokenKind.Open,
        '/' => TokenKind.Close,
        '^' when inner.Length is 1 => TokenKind.Else,
        '>' or '&' or '{' => null,
        _ when inner is "else" || inner.StartsWith("else ", StringComparison.Ordinal) => TokenKind.Else,
        _ => TokenKind.Output,
    };

    // Braces inside a quoted text do not close the tag.
    private static int FindClose(string source, int from)
    {
        var quote = '\0';
        for (var i = from; i < source.Length; i++)
        {
            var c = source[i];
            if (quote is not '\0')
            {
                if (c == quote) quote = '\0';
                else if (c is '\n') quote = '\0'; // a text ends with its line: one forgotten quote must not swallow the rest
                continue;
            }
            if (c is '"' or '\'') quote = c;
            else if (c is '}' && i + 1 < source.Length && source[i + 1] is '}') return i;
            else if (c is '{' && source[i - 1] is '{' && i > from) return -1; // another tag begins
        }
        return -1;
    }

    private static (string Inner, int Start) Cut(string source, int from, int to)
    {
        while (from < to && char.IsWhiteSpace(source[from])) from++;
        while (to > from && char.IsWhiteSpace(source[to - 1])) to--;
        return (source[from..to], from);
    }

    /// <summary>Takes away white space that a <c>~</c> asks for, and lines on which only a block tag or a comment stands.</summary>
    private static List<Token> Trim(List<Token> tokens, string source)
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            if (token.Kind is TokenKind.Text) continue;
            if (source[token.Start + 2] is '~') TrimText(tokens, i - 1, atEnd: true, lineOnly: false);
            if (source[token.End - 3] is '~') TrimText(tokens, i + 1, atEnd: false, lineOnly: false);
            if (token.Kind is TokenKind.Output || !StandsAlone(source, token)) continue;
            TrimText(tokens, i - 1, atEnd: true, lineOnly: true);
            TrimText(tokens, i + 1, atEnd: false, lineOnly: true);
        }
        return tokens;
    }

    private static bool StandsAlone(string source, Token token)
    {
        var before = token.Start - 1;
        while (before >= 0 && source[before] is ' ' or '\t') before--;
        if (before >= 0 && source[before] is not '\n') return false;
        var after = token.End;
        while (after < source.Length && source[after] is ' ' or '\t' or '\r') after++;
        return after >= source.Length || source[after] is '\n';
    }

    private static void TrimText(List<Token> tokens, int index, bool atEnd, bool lineOnly)
    {
        if (index < 0 || index >= tokens.Count || tokens[index].Kind is not TokenKind.Text) return;
        var text = tokens[index].Inner;
        if (atEnd) text = lineOnly ? text.TrimEnd(' ', '\t') : text.TrimEnd();
        else text = lineOnly ? WithoutLineEnd(text) : text.TrimStart();
        tokens[index] = tokens[index] with { Inner = text };
    }

    private static string WithoutLineEnd(string text)
    {
        var rest = text.AsSpan().TrimStart(" \t\r");
        return rest is ['\n', ..] ? rest[1..].ToString() : rest.IsEmpty ? "" : text;
    }
}
