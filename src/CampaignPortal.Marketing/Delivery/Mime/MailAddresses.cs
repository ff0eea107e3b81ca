using System.Globalization;
using System.Text;
using CampaignPortal.Marketing.Common;

namespace CampaignPortal.Marketing.Delivery.Mime;

/// <summary>Addresses as envelopes and headers can carry them.</summary>
public static class MailAddresses
{
    private const int MaxLength = 254, MaxLocalLength = 64; // RFC 5321
    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    /// <summary>The address with its domain in ASCII. The local part may have other letters: such a mail needs SMTPUTF8.</summary>
    /// <exception cref="FormatException">It is no address, or one that could be read as something else.</exception>
    public static string ForEnvelope(string address)
    {
        address = address.Trim();
        if (!EmailAddress.IsLikely(address)) throw new FormatException("The address has no form that a mail server takes.");
        var at = address.LastIndexOf('@');
        var local = address[..at];
        if (local.Length > MaxLocalLength || local[0] is '-' || local.Any(c => char.IsControl(c) || char.IsSurrogate(c) || c is '"' or '(' or ')' or ',' or ':' or ';' or '\\' or '[' or ']'))
            throw new FormatException("The part before the @ has characters that a mail server does not take.");
        try
        {
            var domain = Idn.GetAscii(address[(at + 1)..].ToLowerInvariant());
            var whole = local + "@" + domain;
            return whole.Length <= MaxLength ? whole : throw new FormatException("The address is too long.");
        }
        catch (ArgumentException e)
        {
            throw new FormatException("The part behind the @ is no domain.", e);
        }
    }

    /// <summary>Whether only a server with SMTPUTF8 can take it.</summary>
    public static bool NeedsUtf8(string address) => !Ascii.IsValid(address);
}
