namespace CampaignPortal.Web.Identity;

/// <summary>Where to go after signing in: a path of this portal and nothing else.</summary>
public static class ReturnUrl
{
    /// <summary>The path when it is one of this portal, else <c>/</c>. Browsers read <c>\</c> as <c>/</c> and drop tabs and line ends, so none of them may occur.</summary>
    public static string Local(string? url)
    {
        if (string.IsNullOrEmpty(url) || url[0] is not '/') return "/";
        if (url.Length > 1 && url[1] is '/' or '\\') return "/";
        foreach (var c in url)
        {
            if (char.IsControl(c) || c is '\\') return "/";
        }
        return url;
    }
}
