using CampaignPortal.Marketing.Content.Html;
using CampaignPortal.Marketing.Content.Templates;

namespace CampaignPortal.Marketing.Content;

/// <summary>The rules of DE-11 for one message: tags are added, web links are counted, everything else stays as it is.</summary>
internal sealed class LinkRewriter(IMessageLinks links, LinkTags? tags, string webAddress) : ILinkWriter
{
    public string? Rewrite(string address, LinkRole role, int index) => role switch
    {
        LinkRole.Unsubscribe => links.Unsubscribe(),
        LinkRole.View => links.ViewInBrowser(),
        LinkRole.Open => links.Open(),
        LinkRole.Trap => links.Trap(),
        LinkRole.Picture => Absolute(address) is { } picture && MessageAddress.IsPicture(picture) ? picture : "", // a message without a picture is still a message
        _ => Link(Absolute(address.Trim()), role, index),
    };

    private string? Link(string? address, LinkRole role, int index)
    {
        if (address is null) return null;
        if (MessageAddress.IsPlain(address)) return address;
        if (!MessageAddress.IsWeb(address)) return null;
        return role is LinkRole.PlainLink ? address : links.Click(LinkTagging.Add(address, tags), index);
    }

    private string? Absolute(string address) => !MessageAddress.IsRelative(address) ? address : webAddress.Length > 0 ? webAddress + "/" + address.TrimStart('/') : null;
}

/// <summary>Adds <c>utm_…</c> parameters to an address; what stands there already wins, and query and fragment keep their places.</summary>
public static class LinkTagging
{
    private const int LongestName = 60;

    /// <summary>What other analytics expect of a newsletter: <c>newsletter</c>, <c>email</c> and the name of the campaign in small letters with hyphens.</summary>
    public static LinkTags For(string campaign) => new("newsletter", "email", Slug(campaign));

    private static string Slug(string name)
    {
        var slug = new System.Text.StringBuilder();
        foreach (var letter in name.Take(LongestName))
        {
            if (char.IsLetterOrDigit(letter)) slug.Append(char.ToLowerInvariant(letter));
            else if (slug.Length > 0 && slug[^1] is not '-') slug.Append('-');
        }
        return slug.ToString().TrimEnd('-');
    }

    public static string Add(string address, LinkTags? tags)
    {
        if (tags is null) return address;
        var hash = address.IndexOf('#', StringComparison.Ordinal);
        var (path, fragment) = hash < 0 ? (address, "") : (address[..hash], address[hash..]);
        foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)[("utm_source", tags.Source), ("utm_medium", tags.Medium), ("utm_campaign", tags.Campaign), ("utm_content", tags.Content)])
        {
            if (value is { Length: > 0 } && !Has(path, name)) path += (path.Contains('?', StringComparison.Ordinal) ? path[^1] is '?' or '&' ? "" : "&" : "?") + name + "=" + Uri.EscapeDataString(value);
        }
        return path + fragment;
    }

    private static bool Has(string path, string name)
    {
        var query = path.IndexOf('?', StringComparison.Ordinal);
        if (query < 0) return false;
        foreach (var part in path.AsSpan(query + 1).Split('&'))
        {
            var parameter = path.AsSpan(query + 1)[part];
            if (parameter.StartsWith(name, StringComparison.OrdinalIgnoreCase) && (parameter.Length == name.Length || parameter[name.Length] is '=')) return true;
        }
        return false;
    }
}
