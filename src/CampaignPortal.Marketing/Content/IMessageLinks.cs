namespace CampaignPortal.Marketing.Content;

/// <summary>Addresses of one message: signed ones when it is sent, harmless ones in a preview.</summary>
public interface IMessageLinks
{
    /// <summary>The address that counts a click and leads on to <paramref name="url"/>.</summary>
    /// <param name="url">An absolute <c>http</c> or <c>https</c> address, tags added.</param>
    /// <param name="index">Which link of the message it is, from 0, the same for everybody.</param>
    string Click(string url, int index);

    /// <summary>The address of the picture that tells an open.</summary>
    string Open();

    string Unsubscribe();

    string ViewInBrowser();

    /// <summary>The address of the link that no person sees; empty where nobody asks.</summary>
    string Trap() => "";
}

/// <summary>Links of a preview: each leads where the author wrote, and nothing is counted.</summary>
public sealed class PreviewLinks : IMessageLinks
{
    public static PreviewLinks Instance { get; } = new();

    public string Click(string url, int index) => url;

    /// <summary>A picture of one transparent point, inside the message: a preview asks nobody.</summary>
    public string Open() => "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";

    public string Unsubscribe() => "https://example.com/unsubscribe";

    public string ViewInBrowser() => "https://example.com/view";
}
