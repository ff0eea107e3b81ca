using System.Security.Claims;
using CampaignPortal.Testing;
using CampaignPortal.Web.Identity;

namespace CampaignPortal.Web.Tests.Identity;

public sealed class RoleCapabilitiesTests
{
    [Fact]
    public void The_table_in_code_is_the_table_of_the_design()
    {
        var lines = File.ReadAllLines(SharedData.PathOrSkip("cases/authz-matrix.csv")).Skip(1).Select(Split).ToArray();

        Assert.Equal(lines.Select(cells => cells[0]), RoleCapabilities.Rows.Select(row => row.Label));
        foreach (var (cells, row) in lines.Zip(RoleCapabilities.Rows))
        {
            Assert.Equal((row.Label, Read(cells[1]), Read(cells[2]), Read(cells[3]), Read(cells[4])), (row.Label, row.Admin, row.Marketer, row.Analyst, row.Representative));
        }
    }

    [Fact]
    public void A_weaker_right_covers_the_first_capability_of_its_row_only()
    {
        Assert.True(User(Roles.Marketer).Can(Capabilities.TrainModels));
        Assert.False(User(Roles.Marketer).Can(Capabilities.ActivateModels));
        Assert.True(User(Roles.Representative).Can(Capabilities.RequestPrivacy));
        Assert.False(User(Roles.Representative).Can(Capabilities.EraseCustomers));
    }

    [Fact]
    public void Two_roles_give_the_wider_right_and_no_role_gives_none()
    {
        Assert.Equal(Access.Masked, User(Roles.Marketer).AccessTo(Capabilities.ReadCustomers));
        Assert.Equal(Access.Own, User(Roles.Marketer, Roles.Representative).AccessTo(Capabilities.ReadCustomers));
        Assert.False(User().Can(Capabilities.Open));
        Assert.False(User("Owner").Can(Capabilities.Open));
        Assert.False(new ClaimsPrincipal(new ClaimsIdentity()).Can(Capabilities.Open));
    }

    [Fact]
    public void Every_capability_stands_in_one_row() =>
        Assert.Equal(Capabilities.All.Count, Capabilities.All.Distinct(StringComparer.Ordinal).Count());

    internal static ClaimsPrincipal User(params string[] roles) => new(new ClaimsIdentity(roles.Select(role => new Claim(ClaimTypes.Role, role)), "test"));

    private static Access Read(string cell) => cell.Split(' ')[0] switch
    {
        "✓" => Access.Full,
        "–" => Access.None,
        "m" => Access.Masked,
        "o" => Access.Own,
        "a" => Access.StepUp,
        _ => Access.Weaker, // "view", "train", "propose", "request only"
    };

    private static string[] Split(string line)
    {
        var cells = new List<string> { "" };
        var isQuoted = false;
        foreach (var c in line)
        {
            if (c == '"') isQuoted = !isQuoted;
            else if (c == ',' && !isQuoted) cells.Add("");
            else cells[^1] += c;
        }
        return [.. cells];
    }
}
