using CampaignPortal.Testing;
using CampaignPortal.Web.Components.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Web.Tests.Components;

/// <summary>Messages with a way back, and questions that wait for an answer.</summary>
public sealed class MessagesTests
{
    private readonly TimedClock _clock = new();
    private readonly Toaster _toaster = new();
    private readonly Confirmation _confirmation = new();

    [Fact]
    public async Task A_message_goes_after_six_seconds_one_with_a_way_back_after_ten_and_a_failure_stays()
    {
        var part = await RenderAsync<Toasts>();
        await part.Dispatcher.InvokeAsync(() =>
        {
            _toaster.Done("Saved");
            _toaster.Done("Archived", () => Task.CompletedTask);
            _toaster.Failed("Could not be sent");
        });
        Assert.Equal(["status", "status", "alert"], part.FindAll(".toast").Select(t => t.GetAttribute("role")));

        await PassAsync(part, 7);
        Assert.DoesNotContain("Saved", part.Html, StringComparison.Ordinal);
        Assert.Contains("Archived", part.Html, StringComparison.Ordinal);
        await PassAsync(part, 4);
        Assert.DoesNotContain("Archived", part.Html, StringComparison.Ordinal);
        await PassAsync(part, 600);
        Assert.Contains("Could not be sent", part.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_stays_while_somebody_points_at_it()
    {
        var part = await RenderAsync<Toasts>();
        await part.Dispatcher.InvokeAsync(() => _toaster.Done("Saved"));
        await part.RaiseAsync(".toasts", "onmouseenter");
        await PassAsync(part, 60);
        Assert.Contains("Saved", part.Html, StringComparison.Ordinal);
        await part.RaiseAsync(".toasts", "onmouseleave");
        await PassAsync(part, 7);
        Assert.DoesNotContain("Saved", part.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Undo_takes_it_back_once_and_says_so_when_it_cannot()
    {
        var undone = 0;
        var part = await RenderAsync<Toasts>();
        await part.Dispatcher.InvokeAsync(() => _toaster.Done("Archived", () =>
        {
            undone++;
            return Task.CompletedTask;
        }));
        await part.ClickAsync(".toast .link");
        Assert.Equal(1, undone);
        Assert.Empty(part.FindAll(".toast"));

        await part.Dispatcher.InvokeAsync(() => _toaster.Done("Archived", () => throw new InvalidOperationException("secret detail")));
        await part.ClickAsync(".toast .link");
        Assert.Contains("Reference", part.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("secret detail", part.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task At_most_three_messages_stand_at_a_time()
    {
        var part = await RenderAsync<Toasts>();
        await part.Dispatcher.InvokeAsync(() =>
        {
            for (var i = 1; i <= 5; i++) _toaster.Failed($"message {i}");
        });
        Assert.Equal(["message 3", "message 4", "message 5"], part.FindAll(".toast > span").Select(t => t.TextContent));
    }

    [Fact]
    public async Task A_question_is_answered_by_its_buttons()
    {
        var part = await RenderAsync<ConfirmDialog>();
        var answer = await AskAsync(part, new Question("Roll back?", "Version 3 answers again.", "Roll back to version 3"));
        Assert.Equal("Roll back to version 3", part.Find("dialog .btn.p").TextContent);
        await part.ClickAsync("dialog .btn.p");
        Assert.True(await answer);
        Assert.Empty(part.FindAll("dialog"));

        answer = await AskAsync(part, new Question("Roll back?", "Version 3 answers again.", "Roll back to version 3"));
        await part.ClickAsync("dialog .btn:not(.p)");
        Assert.False(await answer);
    }

    [Fact]
    public async Task A_dangerous_step_wants_the_name_typed_and_explains_a_wrong_one()
    {
        var part = await RenderAsync<ConfirmDialog>();
        var answer = await AskAsync(part, new Question("Erase?", "This cannot be undone.", "Erase customer 12347", TypedText: "12347", IsDangerous: true));
        await part.ClickAsync("dialog .btn.danger");
        Assert.False(answer.IsCompleted);
        Assert.NotNull(part.Find("dialog [role=alert]"));
        await part.InputAsync("#confirm-typed", "12347");
        await part.ClickAsync("dialog .btn.danger");
        Assert.True(await answer);
    }

    [Fact]
    public async Task A_second_question_answers_the_first_with_no()
    {
        var part = await RenderAsync<ConfirmDialog>();
        var first = await AskAsync(part, new Question("First?", "", "Go"));
        var second = await AskAsync(part, new Question("Second?", "", "Go"));
        Assert.False(await first);
        Assert.False(second.IsCompleted);
    }

    private async Task<Task<bool>> AskAsync(RenderedPart part, Question question)
    {
        Task<bool> answer = null!; // set on the next line
        await part.Dispatcher.InvokeAsync(() => { answer = _confirmation.AskAsync(question); });
        return answer;
    }

    private async Task PassAsync(RenderedPart part, int seconds)
    {
        _clock.Pass(TimeSpan.FromSeconds(seconds));
        await part.Dispatcher.InvokeAsync(() => { }); // the timers' work stands in the queue before this
    }

    private Task<RenderedPart> RenderAsync<T>()
        where T : Microsoft.AspNetCore.Components.IComponent => RenderedPart.RenderAsync<T>(configure: services => services.AddSingleton<TimeProvider>(_clock).AddSingleton(_toaster).AddSingleton(_confirmation));
}
