using System.Collections.Concurrent;

namespace CampaignPortal.Marketing.Delivery;

/// <summary>Sees when something is wrong with a whole campaign, and has it paused before the rest of its customers are spent.</summary>
internal sealed class RefusalWatch(IMessageSource source)
{
    private const int Remembered = 200, LeastJudged = 40;
    private const double MostRefused = 0.05;
    private readonly ConcurrentDictionary<long, Outcomes> _outcomes = new();

    public async Task HeedAsync(long campaignId, SendResult result, CancellationToken ct)
    {
        if (result.Outcome is SendOutcome.SenderRefused)
        {
            await source.PauseAsync(campaignId, DeliveryTrouble.SenderRefused, result.Text ?? "", ct);
            return;
        }
        if (result.Outcome is not (SendOutcome.Accepted or SendOutcome.Refused)) return;
        var isByPolicy = result.Outcome is SendOutcome.Refused && result.Reason is MessageReasons.Policy;
        if (!_outcomes.GetOrAdd(campaignId, _ => new Outcomes()).Add(isByPolicy)) return;
        _outcomes.TryRemove(campaignId, out _); // whoever resumes it starts anew
        await source.PauseAsync(campaignId, DeliveryTrouble.RefusedByPolicy, result.Text ?? "", ct);
    }

    /// <summary>The last outcomes of one campaign.</summary>
    private sealed class Outcomes
    {
        private readonly Queue<bool> _last = new(Remembered);
        private readonly Lock _turn = new();
        private int _refused;

        /// <summary>Whether that is one too many.</summary>
        public bool Add(bool isRefused)
        {
            lock (_turn)
            {
                if (_last.Count == Remembered && _last.Dequeue()) _refused--;
                _last.Enqueue(isRefused);
                if (isRefused) _refused++;
                return isRefused && _last.Count >= LeastJudged && _refused > _last.Count * MostRefused;
            }
        }
    }
}
