using System.Text.RegularExpressions;
using CampaignPortal.Web.Identity;

namespace CampaignPortal.Architecture.Tests;

/// <summary>The privacy page says that nothing leaves: here is what holds it.</summary>
public sealed partial class OutboundTests
{
    [Fact]
    public void No_source_opens_a_connection_while_no_destination_is_allowed()
    {
        Assert.Empty(OutboundDestinations.All);
        Assert.Empty(SourceTree.Files("src", ".cs", ".razor").SelectMany(f => Doors().Matches(f.Code).Select(m => $"{f.Path}: {m.Value}")));
    }

    [Fact]
    public void No_script_and_no_style_names_another_host() =>
        Assert.Empty(SourceTree.Files("wwwroot-assets", ".js", ".css").SelectMany(f => Addresses().Matches(f.Code).Select(m => $"{f.Path}: {m.Value}")));

    [GeneratedRegex(@"\b(HttpClient|IHttpClientFactory|HttpWebRequest|WebClient|TcpClient|UdpClient|SmtpClient|ClientWebSocket|new Socket)\b")]
    private static partial Regex Doors();

    [GeneratedRegex(@"(?<![\w.])(fetch|import|url)\(\s*[""'`]?(https?:)?//[^)]*|@import\s+[""']https?:")]
    private static partial Regex Addresses();
}
