using System.Text.RegularExpressions;

namespace CampaignPortal.Architecture.Tests;

/// <summary>The privacy page says that nothing leaves: here is what holds it.</summary>
public sealed partial class OutboundTests
{
    // The mail server that an admin chose, the collector that the machine's owner named. OutboundDestinations shows both to whoever asks where data go.
    private static readonly string[] Known =
    [
        "src/CampaignPortal.Marketing/Delivery/Transports/Smtp/SmtpConnection.cs: TcpClient",
        "src/CampaignPortal.Web/Hosting/Telemetry.cs: AddOtlpExporter",
    ];

    [Fact]
    public void No_source_opens_a_connection_but_to_the_known()
    {
        Assert.Equal(Known, SourceTree.Files("src", ".cs", ".razor").SelectMany(f => Doors().Matches(f.Code).Select(m => $"{f.Path}: {m.Value}")).Distinct());
    }

    [Fact]
    public void No_script_and_no_style_names_another_host() =>
        Assert.Empty(SourceTree.Files("wwwroot-assets", ".js", ".css").SelectMany(f => Addresses().Matches(f.Code).Select(m => $"{f.Path}: {m.Value}")));

    [GeneratedRegex(@"\b(HttpClient|IHttpClientFactory|HttpWebRequest|WebClient|TcpClient|UdpClient|SmtpClient|ClientWebSocket|new Socket|AddOtlpExporter)\b")]
    private static partial Regex Doors();

    [GeneratedRegex(@"(?<![\w.])(fetch|import|url)\(\s*[""'`]?(https?:)?//[^)]*|@import\s+[""']https?:")]
    private static partial Regex Addresses();
}
