using System.Security.Claims;
using CampaignPortal.Web.Identity;

namespace CampaignPortal.Web.Components.Shared;

/// <summary>Personal data as the reader's role may see them: whole, shortened, or not at all.</summary>
public static class Masked
{
    /// <summary><c>l…n@example.com</c></summary>
    public static string? Email(string? email, ClaimsPrincipal reader) => Show(email, reader, address =>
    {
        var at = address.LastIndexOf('@');
        return at < 1 ? "…" : Ends(address[..at], 1) + address[at..];
    });

    /// <summary><c>+49…43</c></summary>
    public static string? Phone(string? phone, ClaimsPrincipal reader) => Show(phone, reader, number => number.Length < 6 ? "…" : number[..3] + "…" + number[^2..]);

    /// <summary><c>L… M…</c></summary>
    public static string? Name(string? name, ClaimsPrincipal reader) =>
        Show(name, reader, whole => string.Join(' ', whole.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(part => part[..1] + "…")));

    public static string? Address(string? address, ClaimsPrincipal reader) => Show(address, reader, _ => null);

    private static string? Show(string? value, ClaimsPrincipal reader, Func<string, string?> mask) => reader.AccessTo(Capabilities.ReadCustomers) switch
    {
        Access.Full or Access.Own => value,
        Access.Masked when value is { Length: > 0 } => mask(value),
        _ => null,
    };

    private static string Ends(string text, int count) => text.Length <= count * 2 ? text[..1] + "…" : text[..count] + "…" + text[^count..];
}
