using System.IO.Compression;
using CampaignPortal.Testing;

namespace CampaignPortal.Web.Tests.Demo;

public sealed class SnippetTests
{
    [Fact]
    public void The_snippet_is_smaller_than_four_kilobytes_and_needs_nothing_else()
    {
        var text = File.ReadAllBytes(Path.Combine(SharedData.RepositoryRoot, "src/CampaignPortal.Web/wwwroot/assets/snippet.js"));
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(text);

        Assert.InRange(packed.Length, 500, 4_096);
        Assert.DoesNotContain("import ", System.Text.Encoding.UTF8.GetString(text), StringComparison.Ordinal);
    }
}
