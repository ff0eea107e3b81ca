using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Imports.Conversion;

/// <summary>A row of a file of customers, read but not yet compared with what is known.</summary>
/// <param name="Line">Line of the file.</param>
/// <param name="MessageId">Id of the event that stands for the row.</param>
/// <param name="Customer">The shop's id of the customer.</param>
/// <param name="At">UTC ticks from which the traits hold.</param>
/// <param name="ConsentAt">UTC ticks of the consents.</param>
/// <param name="Contact">Contact data; parts that the row does not state are null.</param>
/// <param name="Traits">Traits that the row states, in order.</param>
/// <param name="Consents">Consents that the row states.</param>
internal sealed record CustomerRecord(
    long Line, string MessageId, string Customer, long At, long ConsentAt, ContactDraft Contact, IReadOnlyList<(string Name, string Value)> Traits, IReadOnlyList<(string Channel, bool IsGranted)> Consents)
{
    /// <summary>Fields whose columns are mapped and whose cells are empty.</summary>
    public IReadOnlyList<string> EmptyFields { get; init; } = [];

    /// <summary>The row named no id; contact data led to a customer who is known.</summary>
    public bool IsMatched { get; init; }

    /// <summary>Names of the contact fields as mappings write them, with what the row states.</summary>
    public IEnumerable<(string Name, string? Value)> ContactFields => [("email", Contact.Email), ("phone", Contact.Phone), ("name", Contact.Name), ("address", Contact.Address)];
}
