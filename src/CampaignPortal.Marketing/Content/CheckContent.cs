using CampaignPortal.Marketing.Content.Checks;
using CampaignPortal.Marketing.Content.Data;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Content;

/// <summary>Looks at a message before it is launched.</summary>
/// <param name="Recipients">Who would get it: shares of missing values are counted among them. Null takes everybody.</param>
public sealed record CheckContent(MessageContent Content, IReadOnlyList<long>? Recipients = null);

/// <summary>The content's part of the pre-flight list (CA-12, AC-05): errors block a launch, warnings do not.</summary>
public sealed class CheckContentHandler(MessageComposer composer, ReadFieldsHandler fields, RenderDataReader reader, PortalDatabase database, MailIdentityStore identity)
{
    /// <summary>Of more recipients so many are looked at: enough that a share is known to about two points.</summary>
    public const int SampleSize = 2_000;

    /// <summary>Errors first, then warnings, then what is in order.</summary>
    public async Task<IReadOnlyList<ContentFinding>> HandleAsync(CheckContent query, CancellationToken ct)
    {
        var compiled = composer.Compile(query.Content);
        if (compiled.Message is not { } message) return [.. compiled.Problems.Select(p => Finding.Of(p.Place, p.Problem))];
        var findings = new List<ContentFinding>();
        findings.AddRange(FieldChecks.Unknown(message, await fields.HandleAsync(ct)));
        findings.AddRange(TextChecks.Of(message, identity.Read()));
        findings.AddRange(MarkupChecks.Of(message));
        if (!findings.Any(f => f.Blocks)) findings.AddRange(await CheckPeopleAsync(message, query.Recipients, ct));
        return [.. findings.OrderBy(f => f.Level switch { FindingLevel.Error => 0, FindingLevel.Warning => 1, _ => 2 })];
    }

    private async Task<IReadOnlyList<ContentFinding>> CheckPeopleAsync(CompiledMessage message, IReadOnlyList<long>? recipients, CancellationToken ct)
    {
        var sample = recipients is null ? await Task.Run(() => CustomerSample.OfEverybody(database, SampleSize), ct) : CustomerSample.Of(recipients, SampleSize);
        var people = await reader.ReadAsync(sample, message.Needs, ct, message.Language);
        var scale = people.Count == 0 ? 1 : (recipients?.Count ?? people.Count) / (double)people.Count;
        return await Task.Run(() => PeopleChecks.Of(message, [.. people.Values], scale), ct);
    }
}
