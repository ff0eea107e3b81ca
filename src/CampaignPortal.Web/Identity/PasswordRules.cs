using CampaignPortal.Marketing.Database;
using Microsoft.AspNetCore.Identity;

namespace CampaignPortal.Web.Identity;

/// <summary>What a password must be: 12 to 128 characters of any script, and nothing that a guesser tries first. No rules about digits or capitals.</summary>
/// <remarks>
/// Passwords of leaked lists that reach twelve characters are nearly all built the same way: a common word with digits around it, a word twice,
/// a walk over the keyboard, a run. The rules recognise the pattern, so a short list of words stands for a long list of passwords.
/// </remarks>
public sealed class PasswordRules(ShopSettingsStore shop) : IPasswordValidator<PortalUser>
{
    public const int MinLength = 12;
    public const int MaxLength = 128;

    private static readonly string[] Runs =
    [
        "abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm", "azertyuiopqsdfghjklmwxcvbn",
        "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "1q2w3e4r5t6y7u8i9o0p", "qazwsxedcrfvtgbyhnujm",
    ];

    private static readonly HashSet<string> CommonWords = new(
        """
        password passwort passw0rd pass pwd secret secure security login logon signin access admin administrator root superuser user guest test testing
        tester demo default changeme change welcome willkommen bienvenue letmein openup hello hallo bonjour hola qwerty qwertz azerty asdfgh zxcvbn
        iloveyou loveyou lovely love forever princess prince queen king dragon monkey tiger lion eagle panda dolphin butterfly flower sunshine rainbow
        summer winter spring autumn sommer herbst fruehling january february march april may june july august september october november december
        monday tuesday wednesday thursday friday saturday sunday football baseball basketball soccer hockey liverpool arsenal chelsea barcelona juventus
        superman batman spiderman starwars pokemon naruto minecraft fortnite computer internet samsung google facebook instagram microsoft windows apple
        iphone android linux oracle server database michael jennifer jessica ashley nicole daniel thomas andrew jordan charlie george robert matthew
        freedom whatever trustno trustnoone nothing blink mustang ferrari porsche mercedes corvette harley yamaha shadow master hunter killer ninja
        angel jesus christ heaven blessed family mother father brother sister daughter chocolate cookie cheese banana orange pepper ginger purple
        diamond crystal silver golden money business company office marketing sales manager shopping customer campaign portal newsletter
        abcd abcde abc qwe asd zxc xyz aaa correcthorsebatterystaple thisisapassword mypassword yourpassword newpassword oldpassword temppassword
        woaini woaini1314 nihao zhongguo beijing shanghai
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
        StringComparer.Ordinal);

    public Task<IdentityResult> ValidateAsync(UserManager<PortalUser> manager, PortalUser user, string? password) =>
        Task.FromResult(Weakness(password ?? "", [shop.Read().Name, user.DisplayName, user.Email ?? ""]) is { } weakness
            ? IdentityResult.Failed(new IdentityError { Code = weakness.ToString(), Description = weakness.ToString() })
            : IdentityResult.Success);

    /// <summary>What is wrong with the password, or null.</summary>
    /// <param name="password">As typed.</param>
    /// <param name="names">Names of the shop and of the person, and the address: whoever guesses knows them.</param>
    public static PasswordWeakness? Weakness(string password, IEnumerable<string> names)
    {
        if (password.Length < MinLength) return PasswordWeakness.TooShort;
        if (password.Length > MaxLength) return PasswordWeakness.TooLong;
        var plain = Plain(password);
        if (names.Append("campaignportal").SelectMany(Parts).Any(part => plain.Contains(part, StringComparison.Ordinal))) return PasswordWeakness.ContainsName;
        return IsRepetition(plain) || IsWalk(plain) || IsCommon(plain) ? PasswordWeakness.Common : null;
    }

    private static bool IsCommon(string plain) => Core(plain) is var core && (core.Length < 3 || CommonWords.Contains(core) || IsTwoCommonWords(core));

    private static bool IsTwoCommonWords(string core)
    {
        for (var cut = 3; cut <= core.Length - 3; cut++)
        {
            if (CommonWords.Contains(core[..cut]) && CommonWords.Contains(core[cut..])) return true;
        }
        return false;
    }

    private static bool IsRepetition(string plain)
    {
        for (var period = 1; period <= plain.Length / 2; period++)
        {
            var repeats = true;
            for (var i = period; i < plain.Length && repeats; i++) repeats = plain[i] == plain[i - period];
            if (repeats) return true;
        }
        return false;
    }

    // Twelve neighbours on the keyboard or in the alphabet, forwards or backwards, perhaps cut in two.
    private static bool IsWalk(string plain)
    {
        var covered = 0;
        for (var i = 0; i < plain.Length;)
        {
            var length = LongestRun(plain.AsSpan(i));
            if (length >= 4) covered += length;
            i += Math.Max(length, 1);
        }
        return covered * 4 >= plain.Length * 3;
    }

    private static int LongestRun(ReadOnlySpan<char> text)
    {
        var longest = 0;
        foreach (var run in Runs)
        {
            longest = Math.Max(longest, Math.Max(CommonLength(text, run), CommonLength(text, new string([.. run.Reverse()]))));
        }
        return longest;
    }

    private static int CommonLength(ReadOnlySpan<char> text, string run)
    {
        var longest = 0;
        for (var start = 0; start < run.Length; start++)
        {
            var length = 0;
            while (length < text.Length && start + length < run.Length && text[length] == run[start + length]) length++;
            longest = Math.Max(longest, length);
        }
        return longest;
    }

    private static IEnumerable<string> Parts(string name) =>
        name.Split([' ', '@', '.', '-', '_', '&', '+'], StringSplitOptions.RemoveEmptyEntries)
            .Select(part => part.ToLowerInvariant())
            .Where(part => part.Length >= 5 && part is not ("gmail" or "outlook" or "example"));

    private static string Plain(string password) => password.ToLowerInvariant();

    // The word within: digits and signs at both ends taken off, the usual replacements undone.
    private static string Core(string plain) => new([.. plain.AsSpan().Trim("0123456789!?.,;:#*+-_/\\$%&()[]{}=@^~ ").ToString().Select(c => c switch
    {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' or '@' => 'a',
        '5' or '$' => 's',
        '7' => 't',
        _ => c,
    }).Where(char.IsLetter)]);
}

public enum PasswordWeakness
{
    TooShort, TooLong, Common, ContainsName,
}
