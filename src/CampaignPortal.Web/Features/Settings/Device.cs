using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Features.Settings;

/// <summary>Says in words what a browser calls itself. A guess for people, never a ground for a decision: anybody can send any name.</summary>
public static class Device
{
    // Order matters: nearly every browser claims to be Safari, and most claim to be Chrome.
    private static readonly (string Mark, string Name)[] Browsers =
        [("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("SamsungBrowser/", "Samsung Internet"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];

    private static readonly (string Mark, string Name)[] Systems =
        [("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("HarmonyOS", "HarmonyOS"), ("Windows", "Windows"), ("CrOS", "ChromeOS"), ("Mac OS X", "macOS"), ("Linux", "Linux")];

    public static string Describe(string? userAgent)
    {
        var (browser, system) = (Find(Browsers, userAgent), Find(Systems, userAgent));
        return (browser, system) switch
        {
            ({ } b, { } s) => Say.With(SettingsWords.BrowserOnSystem, ("browser", b), ("system", s)),
            ({ } b, null) => b,
            (null, { } s) => s,
            _ => SettingsWords.UnknownDevice,
        };
    }

    public static bool IsPhone(string? userAgent) => userAgent?.Contains("Mobile", StringComparison.Ordinal) is true || Find(Systems, userAgent) is "iPhone" or "Android";

    private static string? Find((string Mark, string Name)[] names, string? userAgent) =>
        userAgent is null ? null : names.FirstOrDefault(n => userAgent.Contains(n.Mark, StringComparison.Ordinal)).Name;
}
