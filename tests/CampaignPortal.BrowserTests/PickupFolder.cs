using System.Text;
using System.Text.RegularExpressions;

namespace CampaignPortal.BrowserTests;

/// <summary>A mail of the pickup folder, as far as tests look at it.</summary>
/// <param name="UnsubscribePath">Of the one-click header, without the server.</param>
internal sealed record PickedUpMail(string To, string UnsubscribePath);

/// <summary>The folder into which the portal drops its mails.</summary>
internal sealed partial class PickupFolder(string path)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60), Look = TimeSpan.FromMilliseconds(50);

    public IReadOnlyList<PickedUpMail> Mails() => [.. Files().Order(StringComparer.Ordinal).Select(Read)];

    /// <summary>Until so many mails are there.</summary>
    public async Task WaitAsync(int count)
    {
        for (var waited = TimeSpan.Zero; waited < Patience; waited += Look)
        {
            if (Files().Length >= count) return;
            await Task.Delay(Look, TestContext.Current.CancellationToken);
        }
        Assert.Fail($"{Files().Length} of {count} mails are in the pickup folder.");
    }

    private string[] Files() => Directory.Exists(path) ? Directory.GetFiles(path, "*.eml") : [];

    private static PickedUpMail Read(string file)
    {
        var source = File.ReadAllText(file, Encoding.Latin1);
        var head = Folding().Replace(source[..source.IndexOf("\r\n\r\n", StringComparison.Ordinal)], " ");
        return new PickedUpMail(Recipient().Match(head).Groups[1].Value, new Uri(OneClick().Match(head).Groups[1].Value).AbsolutePath);
    }

    [GeneratedRegex(@"\r\n[ \t]+")]
    private static partial Regex Folding();

    [GeneratedRegex(@"^To:.*?([^\s<>]+@[^\s<>\r]+)", RegexOptions.Multiline)]
    private static partial Regex Recipient();

    [GeneratedRegex(@"^List-Unsubscribe:.*?<(https?://[^>]+)>", RegexOptions.Multiline)]
    private static partial Regex OneClick();
}
