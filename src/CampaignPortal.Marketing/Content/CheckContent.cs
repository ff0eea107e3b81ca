namespace CampaignPortal.Marketing.Content;

/// <summary>Looks at a message before it is launched.</summary>
/// <param name="Recipients">Who would get it: shares of missing values are counted among them. Null takes a sample of everybody.</param>
public sealed record CheckContent(MessageContent Content, IReadOnlyList<long>? Recipients = null);

/// <summary>The content's part of the pre-flight list (CA-12): errors block a launch, warnings do not.</summary>
public sealed class CheckContentHandler(MessageComposer composer)
{
    public Task<IReadOnlyList<ContentFinding>> HandleAsync(CheckContent query, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var compiled = composer.Compile(query.Content);
        return Task.FromResult<IReadOnlyList<ContentFinding>>([.. compiled.Problems.Select(p => new ContentFinding(
            FindingLevel.Error, p.Problem.Code, p.Place, p.Problem.Line, p.Problem.Column, new Dictionary<string, object>(StringComparer.Ordinal) { ["name"] = p.Problem.Argument }))]);
    }
}
