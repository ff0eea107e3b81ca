using System.Text.RegularExpressions;

namespace CampaignPortal.Architecture.Tests;

/// <summary>The privacy page says that nothing leaves: here is what holds it.</summary>
public sealed partial class OutboundTests
{
    // The one door: the mail server that an admin chose. OutboundDestinations shows it to whoever asks where data go.
    private const string Door = "src/CampaignPortal.Marketing/Delivery/Transports/Smtp/SmtpConnection.cs: TcpClient";

    [Fact]
    public void No_source_opens_a_connection_except_to_the_mail_server()
    {
        Assert.Equal([Door], SourceTree.Files("src", ".cs", ".razor").SelectMany(f => Doors().Matches(f.Code).Select(m => $"{f.Path}: {m.Value}")).Distinct());
    }

    [Fact]
    public void No_script_and_no_style_names_another_host() =>
        Assert.Empty(SourceTree.Files("wwwroot-assets", ".js", ".css").SelectMany(f => Addresses().Matches(f.Code).Select(m => $"{f.Path}: {m.Value}")));

    [GeneratedRegex(@"\b(HttpClient|IHttpClientFactory|HttpWebRequest|WebClient|TcpClient|UdpClient|SmtpClient|ClientWebSocket|new Socket)\b")]
    private static partial Regex Doors();

    [GeneratedRegex(@"(?<![\w.])(fetch|import|url)\(\s*[""'`]?(https?:)?//[^)]*|@import\s+[""']https?:")]
    private static partial Regex Addresses();
}
