namespace CampaignPortal.Web.Components.Shared;

/// <summary>What is asked before something that cannot be undone, or costs.</summary>
/// <param name="Title">The question, naming the thing.</param>
/// <param name="Text">The facts once more: what happens, to how many, what stays.</param>
/// <param name="Action">What the button does, as verb and object.</param>
/// <param name="TypedText">Must be typed to go on; null asks for a click only.</param>
/// <param name="IsDangerous">The button is red.</param>
public sealed record Question(string Title, string Text, string Action, string? TypedText = null, bool IsDangerous = false);

/// <summary>Asks once and waits for the answer (scoped to the circuit). <c>ConfirmDialog</c> in the layout draws it.</summary>
public sealed class Confirmation
{
    private TaskCompletionSource<bool>? _answer;

    public event Action? Changed;

    /// <summary>Null while nothing is asked.</summary>
    public Question? Asked { get; private set; }

    /// <summary>True when the person went on. A question that is asked while another stands takes its place; the other is answered with no.</summary>
    public Task<bool> AskAsync(Question question)
    {
        Answer(false);
        (Asked, _answer) = (question, new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously));
        Changed?.Invoke();
        return _answer.Task;
    }

    public void Answer(bool isYes)
    {
        var answer = _answer;
        (Asked, _answer) = (null, null);
        answer?.TrySetResult(isYes);
        if (answer is not null) Changed?.Invoke();
    }
}
