using System.Buffers;
using System.Globalization;

namespace CampaignPortal.Marketing.Content.Templates;

/// <summary>Makes a tree of a template and gathers what is wrong with it; never throws.</summary>
internal sealed class TemplateParser
{
    private static readonly SearchValues<char> WordEnds = SearchValues.Create(" \t\r\n(\"'");

    private const string RecommendationTag = "recommendations";

    private readonly string _source;
    private readonly bool _allowsLinks;
    private readonly List<Token> _tokens;
    private readonly ExpressionParser _expressions;
    private readonly List<TemplateProblem> _problems = [];
    private readonly FieldScopes _fields;
    private int _next, _depth;

    /// <param name="allowsLinks">The source was written by the composer: its addresses are blocks of their own, which authors cannot name.</param>
    public TemplateParser(string source, bool allowsLinks)
    {
        (_source, _allowsLinks) = (source, allowsLinks);
        _fields = new FieldScopes(PlaceOf);
        _expressions = new ExpressionParser(Report, _fields);
        _tokens = TemplateLexer.Read(source, Report);
    }

    /// <summary>In the order of the source.</summary>
    public IReadOnlyList<TemplateProblem> Problems => [.. _problems.OrderBy(p => p.Line).ThenBy(p => p.Column)];

    public IReadOnlyList<FieldUse> Fields => _fields.Uses;

    public HashSet<ListNeed> Lists { get; } = [];

    public Node[] Parse()
    {
        var nodes = ParseNodes(opening: null, out var end);
        while (end is { } stray) // a close or an else that belongs to nothing
        {
            Report(stray.InnerStart, stray.Kind is TokenKind.Else ? TemplateCodes.UnexpectedElse : TemplateCodes.WrongClose, stray.Inner);
            ParseNodes(opening: null, out end);
        }
        return nodes;
    }

    /// <summary>Nodes up to the close or else of <paramref name="opening"/>, which is handed out; null at the end of the template.</summary>
    private Node[] ParseNodes(Token? opening, out Token? end)
    {
        var nodes = new List<Node>();
        while (_next < _tokens.Count)
        {
            var token = _tokens[_next++];
            switch (token.Kind)
            {
                case TokenKind.Text when token.Inner.Length > 0:
                    nodes.Add(new TextNode(token.Inner));
                    break;
                case TokenKind.Output when FirstWord(token.Inner) is RecommendationTag:
                    if (ParseCards(token) is { } cards) nodes.Add(cards);
                    break;
                case TokenKind.Output:
                    if (_expressions.Parse(token, isOutput: true) is { } expression) nodes.Add(new OutputNode(expression));
                    break;
                case TokenKind.Open:
                    if (ParseBlock(token) is { } block) nodes.Add(block);
                    break;
                case TokenKind.Close or TokenKind.Else:
                    end = token;
                    return [.. nodes];
            }
        }
        end = null;
        if (opening is { } open) Report(open.Start, TemplateCodes.NotClosed, FirstWord(open.Inner));
        return [.. nodes];
    }

    private Node? ParseBlock(Token open)
    {
        var name = FirstWord(open.Inner);
        if (++_depth > TemplateLimits.MaxDepth)
        {
            if (_depth == TemplateLimits.MaxDepth + 1) Report(open.Start, TemplateCodes.TooDeep, "");
            SkipBlock();
            _depth--;
            return null;
        }
        try
        {
            return name switch
            {
                "if" or "unless" => ParseIf(open, name, name is "unless"),
                "each" => ParseEach(open),
                "with" => ParseWith(open),
                "recommendations" => ParseRecommendations(open),
                _ when _allowsLinks && LinkMark.Read(open.Inner) is { } link => ParseLink(open, link),
                _ => Unknown(open, name),
            };
        }
        finally
        {
            _depth--;
        }
    }

    private IfNode? ParseIf(Token open, string name, bool isNegated)
    {
        var condition = _expressions.Parse(open, isOutput: false, skip: name.Length);
        Node[] then;
        Token? end;
        using (_fields.Guard(isNegated ? null : condition)) then = ParseNodes(open, out end);
        var otherwise = end is { Kind: TokenKind.Else } middle ? ParseElse(open, middle, name) : Closed(end, name);
        return condition is null ? null : new IfNode(condition, isNegated, then, otherwise);
    }

    /// <summary>What follows an else; <c>else if</c> is an if inside it that shares its close.</summary>
    private Node[] ParseElse(Token open, Token middle, string name)
    {
        if (middle.Inner is "else" or "^")
        {
            var nodes = ParseNodes(open, out var end);
            Closed(end, name);
            return nodes;
        }
        var inner = middle.Inner["else ".Length..].TrimStart();
        if (FirstWord(inner) is not "if")
        {
            Report(middle.InnerStart, TemplateCodes.UnexpectedElse, inner);
            return ParseElse(open, middle with { Inner = "else" }, name);
        }
        var start = middle.InnerStart + middle.Inner.Length - inner.Length;
        return ParseIf(middle with { Inner = inner, InnerStart = start }, "if", isNegated: false) is { } chained ? [chained] : [];
    }

    private EachNode? ParseEach(Token open)
    {
        var list = _expressions.Parse(open, isOutput: false, skip: "each".Length);
        return list is null ? Skipped(open, "each") : Loop(open, "each", list, int.MaxValue, _fields.FullPath(list) + "[]");
    }

    private EachNode? ParseRecommendations(Token open)
    {
        if (ReadListNeed(open) is not { } need) return Skipped(open, RecommendationTag);
        Lists.Add(need);
        return Loop(open, RecommendationTag, ProductsOf(need), need.Count, RecommendationTag + "[]", need);
    }

    /// <summary>The short form that stands for ready-made cards: the composer puts them in its place, here it is only understood.</summary>
    private CardsNode? ParseCards(Token token)
    {
        if (ReadListNeed(token) is not { } need) return null;
        Lists.Add(need);
        return new CardsNode(ProductsOf(need), need);
    }

    private static PathExpression ProductsOf(ListNeed need) => new([RecommendationTag, need.Strategy]);

    private ListNeed? ReadListNeed(Token tag)
    {
        if (_expressions.ParseLiterals(tag, RecommendationTag.Length) is not { } arguments) return null;
        var strategy = RecommendationLists.Standard;
        var count = RecommendationLists.StandardCount;
        foreach (var argument in arguments)
        {
            if (argument.Kind is TemplateValueKind.Text) strategy = argument.Text;
            else if (argument.Kind is TemplateValueKind.Number) count = (int)Math.Clamp(argument.Number, 1, RecommendationLists.MaxCount);
        }
        if (!RecommendationLists.All.Contains(strategy)) Report(tag.InnerStart, TemplateCodes.UnknownStrategy, strategy);
        return new ListNeed(strategy, count);
    }

    private EachNode Loop(Token open, string name, Expression list, int limit, string scope, ListNeed? need = null)
    {
        _fields.Enter(scope);
        var body = ParseNodes(open, out var end);
        _fields.Leave();
        var otherwise = end is { Kind: TokenKind.Else } middle ? ParseElse(open, middle, name) : Closed(end, name);
        return new EachNode(list, limit, body, otherwise, need);
    }

    private WithNode? ParseWith(Token open)
    {
        var value = _expressions.Parse(open, isOutput: false, skip: "with".Length);
        _fields.Enter(value is null ? "" : _fields.FullPath(value));
        var body = ParseNodes(open, out var end);
        _fields.Leave();
        var otherwise = end is { Kind: TokenKind.Else } middle ? ParseElse(open, middle, "with") : Closed(end, "with");
        return value is null ? null : new WithNode(value, body, otherwise);
    }

    private LinkNode ParseLink(Token open, LinkMark link)
    {
        var address = ParseNodes(open, out _);
        return new LinkNode(link.Role, link.Index, address);
    }

    private EachNode? Skipped(Token open, string name)
    {
        _fields.Enter("");
        ParseNodes(open, out var end);
        _fields.Leave();
        if (end is { Kind: TokenKind.Else } middle) ParseElse(open, middle, name);
        else Closed(end, name);
        return null;
    }

    private EachNode? Unknown(Token open, string name)
    {
        Report(open.InnerStart, TemplateCodes.UnknownHelper, name);
        return Skipped(open, name);
    }

    /// <summary>Passes over a block that lies too deep, whatever is in it.</summary>
    private void SkipBlock()
    {
        for (var open = 1; _next < _tokens.Count && open > 0; _next++)
        {
            if (_tokens[_next].Kind is TokenKind.Open) open++;
            else if (_tokens[_next].Kind is TokenKind.Close) open--;
        }
    }

    private Node[] Closed(Token? end, string name)
    {
        if (end is { } close && (close.Kind is not TokenKind.Close || close.Inner != name)) Report(close.InnerStart, TemplateCodes.WrongClose, name);
        return [];
    }

    private static string FirstWord(string inner)
    {
        var end = inner.AsSpan().IndexOfAny(WordEnds);
        return end < 0 ? inner : inner[..end];
    }

    private void Report(int offset, string code, string argument)
    {
        if (_problems.Count >= TemplateLimits.MaxProblems) return;
        var (line, column) = PlaceOf(offset);
        _problems.Add(new TemplateProblem(line, column, code, string.Create(CultureInfo.InvariantCulture, $"{TemplateMessages.Of(code, argument)} (line {line}, column {column})"), argument));
    }

    private (int Line, int Column) PlaceOf(int offset)
    {
        var before = _source.AsSpan(0, Math.Min(offset, _source.Length));
        var lastBreak = before.LastIndexOf('\n');
        return (before.Count('\n') + 1, before.Length - lastBreak);
    }
}
