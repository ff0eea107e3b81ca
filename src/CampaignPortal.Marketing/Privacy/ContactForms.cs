using System.Globalization;
using System.Text;

namespace CampaignPortal.Marketing.Privacy;

/// <summary>One spelling for each address and number, so that equal ones meet (DI-18).</summary>
public static class ContactForms
{
    private static readonly IdnMapping Idn = new() { AllowUnassigned = true };

    /// <summary>Countries whose national numbers keep their leading 0 abroad.</summary>
    private static readonly string[] KeepZero = ["IT", "SM", "VA"];

    /// <summary>Without blanks at the ends and without characters that nobody sees: zero-width ones, marks of direction, soft hyphens.</summary>
    public static string Clean(string text)
    {
        if (!text.Any(IsInvisible)) return text.Trim();
        var kept = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!IsInvisible(c)) kept.Append(c);
        }
        return kept.ToString().Trim();
    }

    /// <summary>Lower case; the domain in the form that travels (<c>xn--…</c>), where it has one.</summary>
    public static string Email(string email)
    {
        email = Clean(email).ToLowerInvariant();
        var at = email.LastIndexOf('@');
        if (at < 0 || at == email.Length - 1 || Ascii.IsValid(email.AsSpan(at))) return email;
        try
        {
            return email[..(at + 1)] + Idn.GetAscii(email[(at + 1)..]);
        }
        catch (ArgumentException)
        {
            return email; // no domain that could exist; the address is judged elsewhere
        }
    }

    /// <summary>The number as E.164 (<c>+4915112345678</c>), or null when it cannot be told: no country is known, or the digits are too few or too many.</summary>
    /// <param name="phone">As written.</param>
    /// <param name="country">ISO 3166 code of the country of numbers without a prefix.</param>
    public static string? Phone(string phone, string? country)
    {
        phone = Clean(phone).Normalize(NormalizationForm.FormKC).Replace("(0)", "", StringComparison.Ordinal); // +44 (0)20 … is +44 20 …
        var digits = string.Concat(phone.Where(char.IsAsciiDigit));
        if (phone.StartsWith('+')) return InRange(digits);
        if (digits.StartsWith("00", StringComparison.Ordinal)) return InRange(digits[2..]);
        if (country is null || CallingCodes.Find(country) is not { } code) return null;
        if (code.StartsWith('1')) return digits.Length is 11 && digits[0] is '1' ? InRange(digits) : digits.Length is 10 ? InRange("1" + digits) : null;
        if (digits.StartsWith('0') && !KeepZero.Contains(country, StringComparer.Ordinal)) digits = digits[1..];
        else if (digits.StartsWith('8') && digits.Length is 11 && country is "RU" or "KZ") digits = digits[1..];
        return InRange(code + digits);
    }

    private static string? InRange(string digits) => digits.Length is >= 8 and <= 15 && digits[0] is not '0' ? "+" + digits : null; // E.164: at most 15

    private static bool IsInvisible(char c) => c is '\u00AD' or '\u200B' or '\u200C' or '\u200D' or '\u200E' or '\u200F' or '\u2060' or '\uFEFF' or (>= '\u202A' and <= '\u202E');
}

/// <summary>Country codes of phone numbers (ITU-T E.164).</summary>
internal static class CallingCodes
{
    private const string Table =
        "AD376 AE971 AF93 AL355 AM374 AO244 AR54 AT43 AU61 AZ994 BA387 BD880 BE32 BG359 BH973 BO591 BR55 BY375 CA1 CH41 CI225 CL56 CM237 CN86 CO57 CR506 CY357 CZ420 DE49 DK45 DO1 DZ213 EC593 EE372 EG20 ES34 ET251 FI358 FR33 GB44 GE995 GH233 GR30 GT502 HK852 HN504 HR385 HU36 ID62 IE353 IL972 IN91 IQ964 IR98 IS354 IT39 JM1 JO962 JP81 KE254 KG996 KH855 KR82 KW965 KZ7 LB961 LI423 LK94 LT370 LU352 LV371 LY218 MA212 MC377 MD373 ME382 MK389 MM95 MN976 MO853 MT356 MU230 MX52 MY60 MZ258 NG234 NI505 NL31 NO47 NP977 NZ64 OM968 PA507 PE51 PH63 PK92 PL48 PR1 PT351 PY595 QA974 RO40 RS381 RU7 SA966 SE46 SG65 SI386 SK421 SM378 SN221 SV503 SY963 TH66 TN216 TR90 TW886 TZ255 UA380 UG256 US1 UY598 UZ998 VA39 VE58 VN84 XK383 YE967 ZA27 ZM260 ZW263";

    private static readonly Dictionary<string, string> Codes = Table.Split(' ').ToDictionary(c => c[..2], c => c[2..], StringComparer.Ordinal);

    public static string? Find(string country) => Codes.GetValueOrDefault(country);
}
