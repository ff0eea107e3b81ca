using System.Text;

namespace CampaignPortal.Marketing.Imports.Reading;

/// <summary>GB18030 and the Windows code pages, which the framework knows only when asked to.</summary>
internal static class CodePages
{
    public static void Register() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
}
