using CampaignPortal.Marketing.Content.Data;
using CampaignPortal.Marketing.Content.Templates;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Content;

/// <summary>What makes a message go wrong for some people only (CM-06).</summary>
public enum HardCase
{
    /// <summary>The person as they are.</summary>
    None,
    LongestName, MissingData, RightToLeft, OtherLanguage,
}

/// <summary>Somebody as whom a message can be looked at.</summary>
/// <param name="CustomerId">0 for the made-up person of a shop without customers.</param>
/// <param name="Name">Null when none is known.</param>
/// <param name="Number">The shop's own.</param>
public sealed record PreviewPerson(long CustomerId, HardCase Case, string? Name, string Number);

/// <summary>A message as one person would get it.</summary>
/// <param name="Outcome">Null when the content does not compile.</param>
/// <param name="Problems">Why it does not.</param>
public sealed record MessagePreview(RenderOutcome? Outcome, IReadOnlyList<ContentProblem> Problems)
{
    /// <summary>Why each part appeared; null when the content does not compile.</summary>
    public RenderTrace? Trace { get; init; }
}

/// <summary>Shows messages as real people would get them, and as the people for whom layouts break.</summary>
public sealed class PreviewMessageHandler(MessageComposer composer, RenderDataReader reader, PortalDatabase database, ShopSettingsStore shop, TimeProvider clock)
{
    private const int PeopleCount = 12;

    /// <summary>People of the audience, or of everybody, and after them the hard cases.</summary>
    /// <param name="recipients">Empty takes everybody.</param>
    public async Task<IReadOnlyList<PreviewPerson>> ListPeopleAsync(IReadOnlyList<long> recipients, CancellationToken ct)
    {
        var customers = recipients.Count > 0 ? CustomerSample.Of(recipients, PeopleCount) : await Task.Run(() => CustomerSample.OfEverybody(database, PeopleCount), ct);
        var people = await reader.ReadAsync(customers, ContentNeeds.None, ct);
        var real = customers.Where(people.ContainsKey).Select(id => new PreviewPerson(id, HardCase.None, people[id].Name, people[id].ExternalId)).ToList();
        if (real.Count == 0) real.Add(new PreviewPerson(0, HardCase.None, "Alex Sample", "0"));
        return [.. real, .. Enum.GetValues<HardCase>().Where(c => c is not HardCase.None).Select(c => real[0] with { Case = c })];
    }

    /// <param name="mask">How the reader's role sees names and addresses; null shows them as they are.</param>
    /// <param name="links">Where links lead; null takes the addresses that the author wrote.</param>
    public async Task<MessagePreview> HandleAsync(MessageContent content, PreviewPerson person, Func<string?, string?>? mask, CancellationToken ct, IMessageLinks? links = null)
    {
        var compiled = composer.Compile(content);
        if (compiled.Message is not { } message) return new MessagePreview(null, compiled.Problems);
        var people = person.CustomerId == 0 ? null : await reader.ReadAsync([person.CustomerId], message.Needs, ct, message.Language);
        var data = people?.GetValueOrDefault(person.CustomerId) ?? MadeUp();
        var trace = new RenderTrace();
        return new MessagePreview(message.Render(As(person.Case, mask is null ? data : Masked(data, mask)), links ?? PreviewLinks.Instance, trace), []) { Trace = trace };
    }

    private static RenderData Masked(RenderData data, Func<string?, string?> mask) =>
        Named(data, mask(data.Name), mask(ReadFieldsHandler.ValueOf(data, "customer.first_name").Text), mask(ReadFieldsHandler.ValueOf(data, "customer.last_name").Text), email: null);

    /// <summary>The same person with what makes the case hard. Made up, so that nobody's name stands for a trouble.</summary>
    private static RenderData As(HardCase hard, RenderData data) => hard switch
    {
        HardCase.LongestName => Named(data, "Wilhelmina-Alexandra Featherstonehaugh-Cholmondeley", "Wilhelmina-Alexandra", "Featherstonehaugh-Cholmondeley", data.Email),
        HardCase.RightToLeft => Named(data, "محمد العبدالله", "محمد", "العبدالله", data.Email),
        HardCase.OtherLanguage => Named(data, "王小明", "王小明", null, data.Email),
        HardCase.MissingData => data with { Name = null, Values = new TemplateMap { ["shop"] = data.Values["shop"], ["now"] = data.Values["now"], ["orders"] = TemplateValue.Of(new TemplateMap { ["count"] = TemplateValue.Of(0m) }) } },
        _ => data,
    };

    private static RenderData Named(RenderData data, string? name, string? first, string? last, string? email)
    {
        var customer = new TemplateMap(data.Values["customer"].Map?.Values ?? new Dictionary<string, TemplateValue>(StringComparer.Ordinal));
        (customer["name"], customer["first_name"], customer["last_name"], customer["email"]) = (TemplateValue.Of(name), TemplateValue.Of(first), TemplateValue.Of(last), TemplateValue.Of(email));
        return data with { Name = name, Values = new TemplateMap(data.Values.Values) { ["customer"] = TemplateValue.Of(customer) } };
    }

    private RenderData MadeUp()
    {
        var values = new TemplateMap { ["shop"] = TemplateValue.Of(new TemplateMap { ["name"] = TemplateValue.Of(shop.Read().Name) }), ["now"] = TemplateValue.Of(clock.GetUtcNow()) };
        return Named(new RenderData(0, "0", values) { Now = clock.GetUtcNow() }, "Alex Sample", "Alex", "Sample", "alex@example.com");
    }
}
