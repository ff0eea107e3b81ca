using System.Globalization;

namespace CampaignPortal.Marketing.Content.Templates;

/// <summary>How the composer writes an address into the source that it compiles: a block whose name no author can use.</summary>
internal readonly record struct LinkMark(LinkRole Role, int Index)
{
    /// <summary>Begins the block's name; the composer takes it out of what authors write.</summary>
    public const char Sign = '\u0001';

    private const string Name = "\u0001link", CloseTag = "{{/" + Name + "}}";

    public string Around(string address) => string.Create(CultureInfo.InvariantCulture, $"{{{{#{Name} {(int)Role} {Index}}}}}{address}{CloseTag}");

    public static LinkMark? Read(string inner)
    {
        if (inner.Split(' ') is not [Name, var role, var index]) return null;
        return int.TryParse(role, NumberStyles.None, CultureInfo.InvariantCulture, out var r) && int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var i)
            ? new LinkMark((LinkRole)r, i)
            : null;
    }
}
