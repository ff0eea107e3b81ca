using System.Globalization;

namespace CampaignPortal.Marketing.Content.Templates;

/// <summary>A part of a compiled template. Immutable: one tree renders for everybody.</summary>
internal abstract class Node
{
    public abstract void Render(TemplateFrame frame);

    protected static void RenderAll(Node[] nodes, TemplateFrame frame)
    {
        foreach (var node in nodes) node.Render(frame);
    }

    /// <summary>Tells whoever wants to know what was decided, and by which values.</summary>
    protected static void Record(TemplateFrame frame, Expression condition, bool isShown, Node[] otherwise)
    {
        if (frame.Trace is not { } trace) return;
        var fields = new List<TracedValue>();
        condition.AddFields(frame, fields);
        if (fields.Count == 0) return; // whether a round of a loop is the first has nothing to do with the person
        var branch = isShown ? TracedBranch.Shown : otherwise switch
        {
            [] => TracedBranch.LeftOut,
            [IfNode] => TracedBranch.NextCondition,
            _ => TracedBranch.Else,
        };
        trace.Add(new TracedCondition(fields, branch));
    }
}

internal sealed class TextNode(string text) : Node
{
    public string Text => text;

    public override void Render(TemplateFrame frame)
    {
        frame.Step();
        frame.Write(text);
    }
}

internal sealed class OutputNode(Expression expression) : Node
{
    public Expression Expression => expression;

    public override void Render(TemplateFrame frame)
    {
        frame.Step();
        // A helper that takes a missing value has said what stands there instead, even when that is nothing.
        var isAnswered = expression is CallExpression { Helper.TakesMissing: true };
        frame.WriteValue(expression.Evaluate(frame), isAnswered ? "" : expression.Name);
    }
}

/// <summary><c>if</c> and <c>unless</c>, with what follows an <c>else</c>.</summary>
internal sealed class IfNode(Expression condition, bool isNegated, Node[] then, Node[] otherwise) : Node
{
    public override void Render(TemplateFrame frame)
    {
        frame.Step();
        var isShown = condition.Evaluate(frame).IsTruthy != isNegated;
        Record(frame, condition, isShown, otherwise);
        RenderAll(isShown ? then : otherwise, frame);
    }
}

internal sealed class WithNode(Expression expression, Node[] body, Node[] otherwise) : Node
{
    public override void Render(TemplateFrame frame)
    {
        frame.Step();
        var value = expression.Evaluate(frame);
        Record(frame, expression, value.Map is not null, otherwise);
        if (value.Map is null)
        {
            RenderAll(otherwise, frame);
            return;
        }
        frame.Push(value);
        RenderAll(body, frame);
        frame.Pop();
    }
}

/// <param name="need">The list of recommendations that it goes over; null for another list.</param>
internal sealed class EachNode(Expression expression, int limit, Node[] body, Node[] otherwise, ListNeed? need = null) : Node
{
    public override void Render(TemplateFrame frame)
    {
        frame.Step();
        var list = expression.Evaluate(frame).List;
        var count = Math.Min(list.Count, limit);
        if (need is { } recommended) frame.Trace?.Add(recommended, list);
        else Record(frame, expression, count > 0, otherwise);
        if (count == 0)
        {
            RenderAll(otherwise, frame);
            return;
        }
        frame.BeginLoop(count);
        for (var i = 0; i < count; i++)
        {
            frame.LoopAt(i);
            frame.Push(list[i]);
            RenderAll(body, frame);
            frame.Pop();
        }
        frame.EndLoop();
    }
}

/// <summary>Ready-made cards as the author asks for them. The composer draws them in another template; this one only tells of them.</summary>
internal sealed class CardsNode(Expression products, ListNeed need) : Node
{
    public override void Render(TemplateFrame frame)
    {
        if (frame.Trace is { Place: ContentPlace.Body } trace) trace.Add(need, products.Evaluate(frame).List); // no other part has cards
    }
}

/// <summary>An address of the message, made of text and values, judged and rewritten as a whole.</summary>
internal sealed class LinkNode(LinkRole role, int index, Node[] address) : Node
{
    public LinkRole Role => role;

    /// <summary>For the list of failures: the address itself may say something of the person.</summary>
    private string Name { get; } = string.Create(CultureInfo.InvariantCulture, $"Link {index + 1}");

    public IReadOnlyList<Node> Address => address;

    public override void Render(TemplateFrame frame)
    {
        frame.Step();
        var written = frame.Address(address);
        if (frame.Links is not { } links)
        {
            frame.WriteValue(TemplateValue.Of(written), "");
            return;
        }
        if (links.Rewrite(written, role, index) is { } rewritten) frame.WriteValue(TemplateValue.Of(rewritten), "");
        else frame.BadAddress ??= Name;
    }
}
