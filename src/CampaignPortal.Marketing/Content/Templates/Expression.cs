namespace CampaignPortal.Marketing.Content.Templates;

/// <summary>Something in a tag that has a value.</summary>
internal abstract class Expression
{
    public abstract TemplateValue Evaluate(TemplateFrame frame);

    /// <summary>What the list of failures calls it when there is no value.</summary>
    public abstract string Name { get; }

    /// <summary>Adds the fields that it looks at, with their values.</summary>
    public virtual void AddFields(TemplateFrame frame, List<TracedValue> fields)
    {
        if (!fields.Exists(f => f.Field == Name)) fields.Add(new TracedValue(Name, Evaluate(frame)));
    }
}

internal sealed class LiteralExpression(TemplateValue value) : Expression
{
    public TemplateValue Value => value;

    public override string Name => value.ToString();

    public override TemplateValue Evaluate(TemplateFrame frame) => value;

    public override void AddFields(TemplateFrame frame, List<TracedValue> fields)
    {
        // it is the same for everybody
    }
}

/// <summary>Names joined by dots, looked up in the innermost scope that has the first of them.</summary>
internal sealed class PathExpression(string[] names) : Expression
{
    public override string Name { get; } = string.Join('.', names);

    public override TemplateValue Evaluate(TemplateFrame frame)
    {
        var value = frame.Find(names[0]);
        for (var i = 1; i < names.Length && !value.IsMissing; i++) value = value.Map is { } map ? map[names[i]] : TemplateValue.Missing;
        return value;
    }
}

/// <summary>The thing that a loop is at: <c>this</c>, or names below it.</summary>
internal sealed class ThisExpression(string[] names) : Expression
{
    public override string Name { get; } = names.Length == 0 ? "this" : "this." + string.Join('.', names);

    public override TemplateValue Evaluate(TemplateFrame frame)
    {
        var value = frame.Current;
        for (var i = 0; i < names.Length && !value.IsMissing; i++) value = value.Map is { } map ? map[names[i]] : TemplateValue.Missing;
        return value;
    }
}

internal enum LoopFact
{
    Index, Number, First, Last,
}

/// <summary>Where a loop stands: <c>@index</c>, <c>@number</c>, <c>@first</c>, <c>@last</c>.</summary>
internal sealed class LoopExpression(LoopFact fact) : Expression
{
    public override string Name => "@" + fact;

    public override TemplateValue Evaluate(TemplateFrame frame) => fact switch
    {
        LoopFact.Index => TemplateValue.Of((decimal)frame.LoopIndex),
        LoopFact.Number => TemplateValue.Of((decimal)frame.LoopIndex + 1),
        LoopFact.First => TemplateValue.Of(frame.LoopIndex == 0),
        _ => TemplateValue.Of(frame.LoopIndex == frame.LoopCount - 1),
    };

    public override void AddFields(TemplateFrame frame, List<TracedValue> fields)
    {
        // says nothing about the person
    }
}

internal sealed class CallExpression(TemplateHelper helper, Expression[] arguments) : Expression
{
    public TemplateHelper Helper => helper;

    public IReadOnlyList<Expression> Arguments => arguments;

    /// <summary>The field that the helper works on: that is what is missing, not the helper.</summary>
    public override string Name => arguments.Length > 0 ? arguments[0].Name : helper.Name;

    public override TemplateValue Evaluate(TemplateFrame frame)
    {
        var values = new TemplateValue[arguments.Length];
        for (var i = 0; i < values.Length; i++) values[i] = arguments[i].Evaluate(frame);
        if (!helper.TakesMissing && values.Length > 0 && values[0].IsMissing) return TemplateValue.Missing;
        var result = helper.Apply(values, frame);
        if (frame.Trace is { } trace && helper.HasStoodIn(values)) trace.Add(new TracedDefault(Name, result.ToText(frame.Culture.Culture)));
        return result;
    }

    public override void AddFields(TemplateFrame frame, List<TracedValue> fields)
    {
        foreach (var argument in arguments) argument.AddFields(frame, fields);
    }
}
