using CampaignPortal.Marketing.Audiences.Evaluation;

namespace CampaignPortal.Marketing.Audiences.Membership;

/// <summary>An audience in a turn, and what comes of it.</summary>
/// <param name="kept">Its members change at once; the store follows.</param>
/// <param name="due">Customers whose moment has come.</param>
internal sealed class AskedAudience(KeptAudience kept, IReadOnlyCollection<long> due)
{
    public KeptAudience Kept => kept;
    public IReadOnlySet<long> Due { get; } = due.ToHashSet();
    public List<long> Joined { get; } = [];
    public List<long> Left { get; } = [];
    public int AskedCount { get; private set; }

    /// <summary>Why it cannot be asked; null while it can.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Asks one customer; answers whether something changed.</summary>
    public bool Ask(RuleEvaluator evaluator, CustomerFacts customer)
    {
        if (Failure is not null) return false;
        AskedCount++;
        try
        {
            var isIn = evaluator.Matches(kept.Rule, customer);
            kept.Timers.Set(customer.Id, customer.Exists ? evaluator.NextChange(kept.Rule, customer) : null);
            if (isIn == kept.Members.Contains(customer.Id)) return false;
            Take(customer, isIn);
            return true;
        }
        catch (Exception e) when (AudienceKeeper.IsOfOneRule(e))
        {
            Failure = e;
            return false;
        }
    }

    // Rules behind it, which name it, read it from the facts.
    private void Take(CustomerFacts customer, bool isIn)
    {
        (isIn ? Joined : Left).Add(customer.Id);
        if (isIn)
        {
            kept.Members.Add(customer.Id);
            customer.Audiences.Add(kept.Id);
        }
        else
        {
            kept.Members.Remove(customer.Id);
            customer.Audiences.Remove(kept.Id);
        }
    }
}

/// <summary>Asks all audiences of the customers whom a turn touches. What is known of a customer is read once, however many audiences ask.</summary>
/// <param name="asked">Each after those that its rule names.</param>
/// <param name="touched">Customers whom every audience asks.</param>
/// <param name="moved">Who joined or left audiences that were counted in full in this turn.</param>
internal sealed class FollowingTurn(IReadOnlyList<AskedAudience> asked, HashSet<long> touched, IReadOnlyDictionary<long, HashSet<long>> moved)
{
    // So many customers are in memory at once, with all their events that rules ask for.
    private const int ChunkSize = 4_000;

    public IReadOnlySet<long> Customers { get; } =
        touched.Concat(asked.SelectMany(a => a.Due)).Concat(asked.SelectMany(a => a.Kept.Audiences).Distinct().SelectMany(id => moved.TryGetValue(id, out var customers) ? customers : [])).ToHashSet();

    public void Ask(AudienceEvaluation evaluation, CancellationToken ct)
    {
        var types = asked.SelectMany(a => a.Kept.EventTypes).ToHashSet(StringComparer.Ordinal);
        var evaluators = asked.Select(a => new RuleEvaluator(evaluation.Moment with { BorderOf = c => a.Kept.Borders.GetValueOrDefault(c) }, evaluation.ItemsOf)).ToArray();
        foreach (var one in asked.Where(a => evaluation.Capacity > a.Kept.Members.Capacity)) one.Kept.Members = new CustomerSet(evaluation.Capacity).Or(one.Kept.Members);
        foreach (var chunk in Customers.Order().Chunk(ChunkSize))
        {
            foreach (var customer in FactsReader.Read(evaluation.Connection, chunk, types, ct).Values) Ask(customer, evaluators);
        }
    }

    private void Ask(CustomerFacts customer, RuleEvaluator[] evaluators)
    {
        var changed = new HashSet<long>();
        for (var i = 0; i < asked.Count; i++)
        {
            var one = asked[i];
            var isAsked = touched.Contains(customer.Id) || one.Due.Contains(customer.Id) || one.Kept.Audiences.Any(id => changed.Contains(id) || moved.TryGetValue(id, out var others) && others.Contains(customer.Id));
            if (isAsked && one.Ask(evaluators[i], customer)) changed.Add(one.Kept.Id);
        }
    }
}
