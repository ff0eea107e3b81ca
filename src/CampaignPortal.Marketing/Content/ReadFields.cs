using CampaignPortal.Marketing.Content.Data;
using CampaignPortal.Marketing.Content.Templates;
using CampaignPortal.Marketing.Customers.Attributes;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Content;

/// <summary>A field that an author can insert.</summary>
/// <param name="FillRate">Share of the people looked at who have a value; null for what is no person's.</param>
/// <param name="Samples">Up to three values that stand there; contact data are never among them.</param>
public sealed record FieldChoice(RenderField Field, double? FillRate, IReadOnlyList<string> Samples);

/// <summary>The fields of the value picker, with how many have them.</summary>
public sealed class ReadFieldsHandler(PortalDatabase database, RenderDataReader reader, TimeProvider clock)
{
    private const int SampleSize = 300, SampleCount = 3, MaxSampleLength = 40, MaxTraits = 300;

    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);
    private static readonly ContentNeeds Everything = new(new HashSet<string>(StringComparer.Ordinal) { "traits", "orders", "customer.since", "scores", "segment" }, new HashSet<ListNeed>());
    private static readonly HashSet<string> Contact = new(StringComparer.Ordinal) { "customer.first_name", "customer.last_name", "customer.name", "customer.email" };

    private (DateTimeOffset At, IReadOnlyList<FieldChoice> Fields)? _known;

    /// <summary>As of the last minute.</summary>
    public async Task<IReadOnlyList<FieldChoice>> HandleAsync(CancellationToken ct)
    {
        if (_known is { } known && clock.GetUtcNow() - known.At < Memory) return known.Fields;
        var customers = await Task.Run(() => CustomerSample.OfEverybody(database, SampleSize), ct);
        var people = await reader.ReadAsync(customers, Everything, ct);
        var fields = ReadTraitNames().Select(t => new RenderField("traits." + t, KindOf(people.Values, "traits." + t)))
            .Concat(ScoresOf(people.Values).Select(s => new RenderField("scores." + s, AttributeKind.Number)));
        IReadOnlyList<FieldChoice> choices = [.. RenderFields.Fixed.Concat(fields).Select(f => Choice(f, people.Values))];
        _known = (clock.GetUtcNow(), choices);
        return choices;
    }

    /// <summary>The value of a path, or missing.</summary>
    internal static TemplateValue ValueOf(RenderData person, string path)
    {
        var value = TemplateValue.Of(person.Values);
        foreach (var name in path.Split('.')) value = value.Map is { } map ? map[name] : TemplateValue.Missing;
        return value;
    }

    internal static bool IsFilled(TemplateValue value) => value.Kind switch
    {
        TemplateValueKind.Text => !string.IsNullOrWhiteSpace(value.Text),
        TemplateValueKind.List => value.List.Count > 0,
        TemplateValueKind.Missing => false,
        _ => true,
    };

    private static FieldChoice Choice(RenderField field, IEnumerable<RenderData> people)
    {
        if (field.Group is "shop" or "now") return new FieldChoice(field, null, [.. people.Take(1).Select(p => ValueOf(p, field.Path)).Where(IsFilled).Select(Sample)]);
        var (count, filled) = (0, 0);
        var samples = new List<string>();
        foreach (var person in people)
        {
            count++;
            var value = ValueOf(person, field.Path);
            if (field.Path is "orders.last_items") value = ValueOf(person, "orders.last_at"); // who has ordered has a last order
            if (!IsFilled(value)) continue;
            filled++;
            if (samples.Count < SampleCount && !Contact.Contains(field.Path) && field.Path is not "orders.last_items" && Sample(value) is { Length: > 0 } sample && !samples.Contains(sample)) samples.Add(sample);
        }
        return new FieldChoice(field, count > 0 ? filled / (double)count : 0, samples);
    }

    private static string Sample(TemplateValue value)
    {
        var text = value.Kind is TemplateValueKind.Time ? value.Time.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) : value.Kind is TemplateValueKind.Number ? Math.Round(value.Number, 2).ToString("0.##", System.Globalization.CultureInfo.InvariantCulture) : value.ToString();
        return text.Length <= MaxSampleLength ? text : text[..MaxSampleLength] + "…";
    }

    private static AttributeKind KindOf(IEnumerable<RenderData> people, string path) => people.Select(p => ValueOf(p, path).Kind).FirstOrDefault(k => k is not TemplateValueKind.Missing) switch
    {
        TemplateValueKind.Number => AttributeKind.Number,
        TemplateValueKind.Boolean => AttributeKind.Boolean,
        TemplateValueKind.Time => AttributeKind.DateTime,
        TemplateValueKind.List => AttributeKind.List,
        TemplateValueKind.Map => AttributeKind.Map,
        _ => AttributeKind.Text,
    };

    private static IEnumerable<string> ScoresOf(IEnumerable<RenderData> people) =>
        people.SelectMany(p => p.Values["scores"].Map?.Values.Keys ?? []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    /// <summary>Every name of a trait, from one entry of the index to the next: as many steps as there are names, however many customers.</summary>
    private List<string> ReadTraitNames()
    {
        using var connection = database.OpenReader();
        using var command = connection.Prepare("select min(\"Name\") from \"CustomerTraits\" where \"Name\" > @0", 1);
        var names = new List<string>();
        var last = "";
        while (names.Count < MaxTraits)
        {
            command.Set(0, last);
            if (command.ExecuteScalar() is not string next) break;
            names.Add(last = next);
        }
        return names;
    }
}
