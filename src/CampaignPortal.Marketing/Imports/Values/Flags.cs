namespace CampaignPortal.Marketing.Imports.Values;

/// <summary>Yes and no as files write them.</summary>
internal static class Flags
{
    private static readonly string[] Yes = ["yes", "y", "true", "t", "1", "on", "x", "granted", "opt-in", "optin", "subscribed", "是", "有", "同意", "ja", "oui", "si", "sí"];
    private static readonly string[] No = ["no", "n", "false", "f", "0", "off", "withdrawn", "opt-out", "optout", "unsubscribed", "denied", "否", "无", "不同意", "nein", "non"];

    /// <summary>Whether a word says that nobody was asked yet, which is neither yes nor no.</summary>
    public static bool IsNothingSaid(ReadOnlySpan<char> text) => Contains(["never_subscribed", "never subscribed", "not_set", "unknown", "pending"], text);

    public static bool TryParse(ReadOnlySpan<char> text, out bool value)
    {
        value = Contains(Yes, text);
        return value || Contains(No, text);
    }

    private static bool Contains(string[] words, ReadOnlySpan<char> text)
    {
        foreach (var word in words)
        {
            if (text.Equals(word, StringComparison.OrdinalIgnoreCase)) return true;
        }
        return false;
    }
}
