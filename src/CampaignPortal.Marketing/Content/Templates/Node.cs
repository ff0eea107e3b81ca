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
        RenderAll(condition.Evaluate(frame).IsTruthy != isNegated ? then : otherwise, frame);
    }
}

internal sealed class WithNode(Expression expression, Node[] body, Node[] otherwise) : Node
{
    public override void Render(TemplateFrame frame)
    {
        frame.Step();
        var value = expression.Evaluate(frame);
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

internal sealed class EachNode(Expression expression, int limit, Node[] body, Node[] otherwise) : Node
{
    public override void Render(TemplateFrame frame)
    {
        frame.Step();
        var list = expression.Evaluate(frame).List;
        var count = Math.Min(list.Count, limit);
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
