namespace CampaignPortal.Marketing.Content.Templates;

/// <summary>Keeps, while a template is parsed, what names mean at this place: loops around it, and what conditions have made sure of.</summary>
internal sealed class FieldScopes(Func<int, (int Line, int Column)> placeOf)
{
    private readonly List<string> _scopes = [];
    private readonly List<string> _guarded = [];

    public List<FieldUse> Uses { get; } = [];

    public void Enter(string scope) => _scopes.Add(scope);

    public void Leave() => _scopes.RemoveAt(_scopes.Count - 1);

    public void Add(string path, int offset, bool hasFallback, bool isOutput)
    {
        var (line, column) = placeOf(offset);
        Uses.Add(new FieldUse(path, [.. _scopes], line, column, hasFallback || _guarded.Contains(path), isOutput));
    }

    /// <summary>The whole path of a list or map, as the scope of what is inside it.</summary>
    public string FullPath(Expression expression) => expression switch
    {
        ThisExpression when _scopes.Count > 0 => _scopes[^1] + expression.Name["this".Length..],
        PathExpression => expression.Name,
        _ => "",
    };

    /// <summary>Inside this, the fields that the condition asks for are known to be there.</summary>
    public Guarded Guard(Expression? condition)
    {
        var before = _guarded.Count;
        if (condition is not null) AddGuards(condition);
        return new Guarded(_guarded, before);
    }

    private void AddGuards(Expression condition)
    {
        if (condition is PathExpression or ThisExpression) _guarded.Add(condition.Name);
        else if (condition is CallExpression { Helper.Name: "and" } all)
        {
            foreach (var part in all.Arguments) AddGuards(part);
        }
        else if (condition is CallExpression { Helper.Name: "eq" or "gt" or "gte" or "lt" or "lte" or "contains" } comparison) AddGuards(comparison.Arguments[0]);
    }

    /// <summary>Ends with the block.</summary>
    internal readonly struct Guarded(List<string> guarded, int before) : IDisposable
    {
        public void Dispose()
        {
            if (guarded.Count > before) guarded.RemoveRange(before, guarded.Count - before);
        }
    }
}
