using System.Globalization;

namespace CampaignPortal.Marketing.Content.Templates;

/// <summary>Reads what stands in a tag: a path, a text, a number, or a helper with arguments.</summary>
internal sealed class ExpressionParser(Action<int, string, string> report, FieldScopes fields)
{
    private const int MaxPathLength = 200, MaxNames = 6;

    private string _text = "";
    private int _at, _offset, _depth;

    /// <param name="isOutput">Its value is written.</param>
    /// <param name="skip">Characters of the block's name before it.</param>
    /// <returns>Null when it is wrong; the problem is reported.</returns>
    public Expression? Parse(Token token, bool isOutput, int skip = 0)
    {
        (_text, _at, _offset, _depth) = (token.Inner, skip, token.InnerStart, 0);
        SkipBlanks();
        if (_at >= _text.Length) return Wrong(_offset, TemplateCodes.Arguments, skip > 0 ? token.Inner : "");
        var expression = ParseCallOrValue(isNested: false, hasFallback: !isOutput, isOutput);
        SkipBlanks();
        return expression is not null && _at < _text.Length ? Wrong(_offset + _at, TemplateCodes.Syntax, _text[_at..]) : expression;
    }

    /// <summary>Texts and numbers only; null when there is anything else.</summary>
    public List<TemplateValue>? ParseLiterals(Token token, int skip)
    {
        (_text, _at, _offset, _depth) = (token.Inner, skip, token.InnerStart, 0);
        var values = new List<TemplateValue>();
        for (SkipBlanks(); _at < _text.Length; SkipBlanks())
        {
            var start = _at;
            if (ParseValue(hasFallback: true, isOutput: false) is not LiteralExpression literal)
            {
                if (start < _text.Length) Wrong(_offset + start, TemplateCodes.Arguments, "recommendations");
                return null;
            }
            values.Add(literal.Value);
        }
        return values;
    }

    /// <summary>A helper with its arguments, or a single value.</summary>
    private Expression? ParseCallOrValue(bool isNested, bool hasFallback, bool isOutput)
    {
        var start = _at;
        if (_at < _text.Length && (char.IsLetter(_text[_at]) || _text[_at] is '_'))
        {
            var name = ReadWord();
            var isCall = TemplateHelpers.Find(name) is not null || (!isNested && HasArguments());
            if (isCall && name is not ("true" or "false" or "this")) return ParseCall(name, start, hasFallback, isOutput);
            _at = start;
        }
        return ParseValue(hasFallback, isOutput);
    }

    private CallExpression? ParseCall(string name, int start, bool hasFallback, bool isOutput)
    {
        var helper = TemplateHelpers.Find(name);
        if (helper is null)
        {
            Wrong(_offset + start, TemplateCodes.UnknownHelper, name);
            return null;
        }
        var arguments = new List<Expression>();
        for (SkipBlanks(); _at < _text.Length && _text[_at] is not ')'; SkipBlanks())
        {
            if (ParseValue(hasFallback || helper.TakesMissing || arguments.Count > 0, isOutput) is not { } argument) return null;
            arguments.Add(argument);
        }
        if (arguments.Count >= helper.MinArguments && arguments.Count <= helper.MaxArguments) return new CallExpression(helper, [.. arguments]);
        Wrong(_offset + start, TemplateCodes.Arguments, name);
        return null;
    }

    private Expression? ParseValue(bool hasFallback, bool isOutput)
    {
        SkipBlanks();
        if (_at >= _text.Length) return Wrong(_offset + _at, TemplateCodes.Syntax, "");
        return _text[_at] switch
        {
            '(' => ParseNested(hasFallback, isOutput),
            '"' or '\'' => ParseText(),
            '@' => ParseLoopFact(),
            '-' or (>= '0' and <= '9') => ParseNumber(),
            _ => ParsePath(hasFallback, isOutput),
        };
    }

    private Expression? ParseNested(bool hasFallback, bool isOutput)
    {
        var start = _at++;
        if (++_depth > TemplateLimits.MaxDepth) return Wrong(_offset + start, TemplateCodes.TooDeep, "");
        SkipBlanks();
        var inner = ParseCallOrValue(isNested: false, hasFallback, isOutput);
        SkipBlanks();
        if (inner is null) return null;
        if (_at >= _text.Length || _text[_at] is not ')') return Wrong(_offset + start, TemplateCodes.Syntax, "(");
        _at++;
        _depth--;
        return inner;
    }

    private Expression? ParseText()
    {
        var end = _text.IndexOf(_text[_at], _at + 1);
        if (end < 0) return Wrong(_offset + _at, TemplateCodes.Syntax, _text[_at..]);
        var value = _text[(_at + 1)..end];
        _at = end + 1;
        return new LiteralExpression(TemplateValue.Of(value));
    }

    private Expression? ParseNumber()
    {
        var start = _at;
        while (_at < _text.Length && _text[_at] is '-' or '.' or (>= '0' and <= '9')) _at++;
        var text = _text.AsSpan(start, _at - start);
        return decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? new LiteralExpression(TemplateValue.Of(number))
            : Wrong(_offset + start, TemplateCodes.Syntax, text.ToString());
    }

    private Expression? ParseLoopFact()
    {
        var start = _at++;
        return ReadWord() switch
        {
            "index" => new LoopExpression(LoopFact.Index),
            "number" => new LoopExpression(LoopFact.Number),
            "first" => new LoopExpression(LoopFact.First),
            "last" => new LoopExpression(LoopFact.Last),
            var other => Wrong(_offset + start, TemplateCodes.UnknownField, "@" + other),
        };
    }

    private Expression? ParsePath(bool hasFallback, bool isOutput)
    {
        var start = _at;
        while (_at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || _text[_at] is '_' or '-' or '.' or '/')) _at++;
        var path = _text[start.._at];
        if (path.Length is 0 or > MaxPathLength) return Wrong(_offset + start, TemplateCodes.Syntax, _text[start..]);
        if (path is "true" or "false") return new LiteralExpression(TemplateValue.Of(path is "true"));
        if (path.Contains('/', StringComparison.Ordinal) || path.StartsWith('.')) return Wrong(_offset + start, TemplateCodes.ParentPath, path);
        var names = path.Split('.');
        if (names.Length > MaxNames || names.Any(n => n.Length is 0)) return Wrong(_offset + start, TemplateCodes.Syntax, path);
        fields.Add(path, _offset + start, hasFallback, isOutput);
        return names[0] is "this" ? new ThisExpression(names[1..]) : new PathExpression(names);
    }

    private bool HasArguments()
    {
        var at = _at;
        while (at < _text.Length && char.IsWhiteSpace(_text[at])) at++;
        return at > _at && at < _text.Length && _text[at] is not ')';
    }

    private string ReadWord()
    {
        var start = _at;
        while (_at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || _text[_at] is '_' or '-' or '.' or '/')) _at++;
        return _text[start.._at];
    }

    private void SkipBlanks()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at])) _at++;
    }

    private Expression? Wrong(int offset, string code, string argument)
    {
        report(offset, code, argument.Length <= 60 ? argument : argument[..60] + "…");
        return null;
    }
}
