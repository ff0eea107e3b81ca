using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Privacy;

/// <summary>The current state of each consent, and who is never written to. The history is the log.</summary>
/// <remarks>
/// <c>consent_changed</c> carries <c>{"channel", "purpose", "state": "granted" or "withdrawn", "origin", "basis", "wording", "actor", "proof", "limit_days", "until"}</c>, the last two for <see cref="ContactWishes"/>. A grant that an
/// import brings (origin <c>import</c>) never undoes a withdrawal (DI-08): the person did not say so, a file did.
/// </remarks>
public sealed class ConsentProjection : IProjection
{
    /// <summary>Purpose where an event names none.</summary>
    public const string Marketing = "marketing";

    /// <summary>Channel where an event names none.</summary>
    public const string Email = "email";

    /// <summary>Whether a statement is about marketing as a whole: one about a topic, or about how often, says nothing about the rest.</summary>
    public static bool IsOfMarketing(string? purpose) => purpose is null or Marketing;

    public string Name => "consent";

    public int Version => 3;

    public IReadOnlyList<string> Tables { get; } = ["Consents", "Suppressions", "ConsentLedger"];

    public void Apply(DbTransaction transaction, IReadOnlyList<LoggedEvent> events)
    {
        foreach (var e in events)
        {
            if (e.CustomerId is not { } customer) continue;
            switch (e.Kind)
            {
                case EventKind.ConsentChanged when e.Properties is not null:
                    // Who was nobody yet can refuse, but not agree: a grant must come from a known person.
                    if (Statement.Read(e.Properties) is var statement && !(e.IsHistory && statement.IsGranted)) Save(transaction, e, customer, statement);
                    break;
                case EventKind.Unsubscribed: Save(transaction, e, customer, Statement.Read(e.Properties) with { IsGranted = false }); break;
                case EventKind.MessageComplained: Suppress(transaction, e, customer, "complaint"); break;
                case EventKind.MessageBounced when Statement.Read(e.Properties).IsHardBounce: Suppress(transaction, e, customer, "hard-bounce"); break;
            }
        }
    }

    private static void Save(DbTransaction transaction, in LoggedEvent e, long customer, Statement statement)
    {
        // The ledger keeps every statement, also one that changes nothing: it is the proof, not the state.
        transaction.Execute(
            "insert into \"ConsentLedger\" (\"Sequence\", \"CustomerId\", \"Channel\", \"Purpose\", \"IsGranted\", \"At\", \"Basis\", \"Wording\", \"Origin\", \"Actor\", \"Proof\", \"LimitDays\", \"Until\") "
            + "values (@0, @1, @2, @3, @4, @5, @6, @7, @8, @9, @10, @11, @12)",
            e.Sequence, customer, statement.Channel, statement.Purpose, statement.IsGranted, e.OccurredAt, statement.Basis, statement.Wording, statement.Origin ?? e.Source, statement.Actor, statement.Proof, statement.LimitDays, statement.Until);
        SaveConsent(transaction, e, customer, statement);
    }

    // The later moment wins; at the same moment a withdrawal does.
    private static void SaveConsent(DbTransaction transaction, in LoggedEvent e, long customer, Statement statement) => transaction.Execute(
        "insert into \"Consents\" (\"CustomerId\", \"Channel\", \"Purpose\", \"IsGranted\", \"ChangedAt\", \"Origin\", \"Basis\", \"Sequence\", \"LimitDays\", \"Until\") values (@0, @1, @2, @3, @4, @5, @6, @7, @8, @9) "
        + "on conflict (\"CustomerId\", \"Channel\", \"Purpose\") do update set \"IsGranted\" = excluded.\"IsGranted\", \"ChangedAt\" = excluded.\"ChangedAt\", "
        + "\"Origin\" = excluded.\"Origin\", \"Basis\" = excluded.\"Basis\", \"Sequence\" = excluded.\"Sequence\", \"LimitDays\" = excluded.\"LimitDays\", \"Until\" = excluded.\"Until\" "
        + "where (excluded.\"ChangedAt\" > \"Consents\".\"ChangedAt\" or excluded.\"ChangedAt\" = \"Consents\".\"ChangedAt\" and not excluded.\"IsGranted\") "
        + "and not (excluded.\"IsGranted\" and coalesce(excluded.\"Origin\", '') = 'import' and not \"Consents\".\"IsGranted\")",
        customer, statement.Channel, statement.Purpose, statement.IsGranted, e.OccurredAt, statement.Origin ?? e.Source, statement.Basis, e.Sequence, statement.LimitDays, statement.Until);

    private static void Suppress(DbTransaction transaction, in LoggedEvent e, long customer, string reason) => transaction.Execute(
        "insert into \"Suppressions\" (\"CustomerId\", \"Channel\", \"Reason\", \"Since\", \"Sequence\") values (@0, @1, @2, @3, @4) on conflict do nothing",
        customer, Statement.Read(e.Properties).Channel, reason, e.OccurredAt, e.Sequence);

    private sealed record Statement(string Channel, string Purpose, bool IsGranted, string? Origin, string? Basis, bool IsHardBounce)
    {
        public string? Wording { get; init; }
        public long? Actor { get; init; }
        public string? Proof { get; init; }
        public long? LimitDays { get; init; }
        /// <summary>In ticks.</summary>
        public long? Until { get; init; }

        public static Statement Read(string? properties)
        {
            if (properties is null) return new Statement(Email, Marketing, false, null, null, true);
            using var document = JsonDocument.Parse(properties);
            var root = document.RootElement;
            string? Text(string name) => root.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
            long? Number(string name) => root.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;
            return new Statement(Text("channel") ?? Email, Text("purpose") ?? Marketing, Text("state") is "granted", Text("origin"), Text("basis"), Text("kind") is not "soft")
            {
                Wording = Text("wording"),
                Actor = Number("actor"),
                Proof = Text("proof"),
                LimitDays = Number("limit_days"),
                Until = DateTimeOffset.TryParse(Text("until"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until) ? Stored.Ticks(until) : null,
            };
        }
    }
}
