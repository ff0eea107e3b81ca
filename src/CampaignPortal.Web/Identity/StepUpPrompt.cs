using System.Security.Claims;

namespace CampaignPortal.Web.Identity;

/// <summary>Asks for the password before a capability that needs it (scoped to the circuit). <c>StepUpDialog</c> in the layout draws the question.</summary>
public sealed class StepUpPrompt(RecentPassword recent)
{
    private TaskCompletionSource<bool>? _answer;

    public event Action? Changed;

    /// <summary>Whether the question stands.</summary>
    public bool IsAsking => _answer is not null;

    /// <summary>True at once where no password is needed, or after it was entered; false when the person turned away or lacks the capability.</summary>
    /// <example><code>if (!await StepUp.AskAsync(Viewer.User, Capabilities.ManageUsers)) return;</code></example>
    public Task<bool> AskAsync(ClaimsPrincipal user, string capability)
    {
        if (!user.Can(capability)) return Task.FromResult(false);
        if (!recent.IsNeeded(user, capability)) return Task.FromResult(true);
        Answer(false);
        _answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Changed?.Invoke();
        return _answer.Task;
    }

    public void Answer(bool isConfirmed)
    {
        var answer = _answer;
        _answer = null;
        answer?.TrySetResult(isConfirmed);
        if (answer is not null) Changed?.Invoke();
    }
}
