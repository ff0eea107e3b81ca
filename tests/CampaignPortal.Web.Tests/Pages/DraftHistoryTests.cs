using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Content;
using CampaignPortal.Web.Features.Campaigns;

namespace CampaignPortal.Web.Tests.Pages;

public sealed class DraftHistoryTests
{
    private static readonly CampaignSettings Settings = new();

    private readonly DraftHistory _history = new();

    private static CampaignDraft Draft(string name, MessageContent? content = null) => new(name, Settings, [new DraftVariant(1, 1, content ?? new MessageContent())]);

    [Fact]
    public void Changes_go_back_and_forth_and_a_new_one_forgets_what_was_taken_back()
    {
        var (a, b, c) = (Draft("a"), Draft("b"), Draft("c"));
        _history.Add(a, b);
        _history.Add(b, c);
        Assert.Equal((b, a), (_history.Undo(c), _history.Undo(b)));
        Assert.Null(_history.Undo(a));
        Assert.Equal(b, _history.Redo(a));
        _history.Add(b, Draft("d"));
        Assert.False(_history.CanRedo);
        Assert.Equal(b, _history.Undo(Draft("d")));
    }

    [Fact]
    public void What_a_compiler_made_of_a_source_is_no_step_of_its_own()
    {
        var first = (new MessageContent { BodyFormat = BodyFormat.Mjml }).WithCompiled("<mjml>1</mjml>", "<p>1</p>");
        var typed = first with { Mjml = "<mjml>2</mjml>" };
        var compiled = first.WithCompiled("<mjml>2</mjml>", "<p>2</p>");
        _history.Add(Draft("a", first), Draft("a", typed));
        _history.Add(Draft("a", typed), Draft("a", compiled));
        Assert.Equal("<p>1</p>", _history.Undo(Draft("a", compiled))!.Variants[0].Content.Body);
        Assert.False(_history.CanUndo);
        Assert.Equal("<p>2</p>", _history.Redo(Draft("a", first))!.Variants[0].Content.Body);
        _history.Add(Draft("a", typed), Draft("b", compiled)); // a name is the author's
        Assert.True(_history.CanUndo);
    }

    [Fact]
    public void Only_the_last_fifty_are_kept()
    {
        for (var i = 0; i < 60; i++) _history.Add(Draft($"{i}"), Draft($"{i + 1}"));
        var now = Draft("60");
        var count = 0;
        for (; _history.Undo(now) is { } before; now = before) count++;
        Assert.Equal((50, "10"), (count, now.Name));
    }
}
