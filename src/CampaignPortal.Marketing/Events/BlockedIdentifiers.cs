namespace CampaignPortal.Marketing.Events;

/// <summary>Values that programs write where nobody is known. Taken at their word they would make one person of thousands (DI-16).</summary>
public static class BlockedIdentifiers
{
    private static readonly HashSet<string> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        "unknown", "null", "(null)", "nil", "undefined", "none", "n/a", "na", "nan", "#n/a", "anonymous", "anon", "guest", "not set", "(not set)", "not provided", "no email", "noemail", "test", "-", "--", "?", "未知", "匿名", "游客", "无",
    };

    private static readonly string[] Nobody = ["test@", "noreply@", "no-reply@", "none@", "null@", "unknown@", "noemail@", "na@", "n/a@"];

    /// <summary>Whether the value stands for nobody: empty, one of the words, or only zeros.</summary>
    public static bool Contains(ReadOnlySpan<char> value)
    {
        value = value.Trim();
        if (value.IsEmpty || value.IndexOfAnyExcept('0') < 0) return true;
        return value.Length <= 12 && Words.GetAlternateLookup<ReadOnlySpan<char>>().Contains(value);
    }

    /// <summary>The same for addresses: <c>test@…</c> and its like are typed by whoever does not want to be known.</summary>
    public static bool ContainsEmail(string email)
    {
        email = email.Trim();
        return Contains(email) || Nobody.Any(n => email.StartsWith(n, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The same for numbers: fewer than six digits, or one digit all along.</summary>
    public static bool ContainsPhone(string phone)
    {
        var digits = phone.Where(char.IsAsciiDigit).ToArray();
        return digits.Length < 6 || digits.Distinct().Count() is 1;
    }
}
