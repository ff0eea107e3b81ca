using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Settings;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Demo;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Resources;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;

namespace CampaignPortal.Web.Features.SignIn;

/// <summary>The first start, in three short steps that work without scripts.</summary>
public sealed partial class SetUp
{
    private const int StepCount = 3;

    private Problem? _problem;

    [Inject] private SetUpPortalHandler Handler { get; set; } = null!; // injected before anything runs
    [Inject] private SignInService Sessions { get; set; } = null!; // as above
    [Inject] private SetUpToken Token { get; set; } = null!; // as above
    [Inject] private SetUpInvitation Invitation { get; set; } = null!; // as above
    [Inject] private FirstUser FirstUser { get; set; } = null!; // as above
    [Inject] private FillSampleHandler Sample { get; set; } = null!; // as above
    [Inject] private UserManager<PortalUser> Users { get; set; } = null!; // as above
    [Inject] private ShopSettingsStore Shop { get; set; } = null!; // as above
    [Inject] private NavigationManager Navigation { get; set; } = null!; // as above
    [CascadingParameter] private HttpContext Http { get; set; } = null!; // a static page belongs to a request
    [SupplyParameterFromForm] private SetUpForm? Input { get; set; }

    private string StepText => Say.With(Words.StepOf, ("step", Figures.Count(Input!.Step)), ("count", Figures.Count(StepCount)));

    private string Heading => Input!.Step switch
    {
        1 => Words.SetUpHeadingCode,
        2 => Words.SetUpHeadingShop,
        _ => Words.SetUpHeadingAdmin,
    };

    private string Lead => Input!.Step switch
    {
        1 => Words.SetUpLeadCode,
        2 => Words.SetUpLeadShop,
        _ => Words.SetUpLeadAdmin,
    };

    protected override async Task OnInitializedAsync()
    {
        if (await FirstUser.ExistsAsync(Http.RequestAborted))
        {
            Navigation.NavigateTo("/sign-in");
            return;
        }
        if (Input is null)
        {
            await Invitation.RenewAsync(Http.RequestAborted);
            var known = Shop.Read(); // an import before the set-up has said the currency and the zone
            Input = new SetUpForm { ShopName = known == ShopSettings.Default ? "" : known.Name, Currency = known.Currency, TimeZone = known.TimeZone };
        }
        Input.Step = Math.Clamp(Input.Step, 1, StepCount);
    }

    private async Task SubmitAsync()
    {
        var input = Input!; // set before a form is handled
        if (input.Back)
        {
            input.Step = Math.Max(1, input.Step - 1);
            return;
        }
        if (input is { Step: 2, Sample: true })
        {
            await FillAsync(input);
            return;
        }
        _problem = Check(input);
        if (_problem is not null)
        {
            if (_problem.Field is nameof(SetUpForm.Code)) input.Step = 1;
            return;
        }
        if (input.Step < StepCount)
        {
            input.Step++;
            return;
        }
        await CreateAsync(input);
    }

    // The code of the console opens either door; whoever has it goes in as the sample's admin.
    private async Task FillAsync(SetUpForm input)
    {
        var filled = await Sample.HandleAsync(input.Code, Http.RequestAborted);
        _problem = filled.Problem;
        if (_problem is { Field: nameof(SetUpForm.Code) }) input.Step = 1;
        if (_problem is not null || await Users.FindByEmailAsync(filled.Value.Email) is not { } admin) return;
        await Sessions.StartSessionAsync(Http, admin);
        Navigation.NavigateTo("/");
    }

    private async Task CreateAsync(SetUpForm input)
    {
        var shop = new ShopSettings(input.ShopName.Trim(), input.Currency, input.TimeZone, PortalCultures.Current.Name);
        var created = await Handler.HandleAsync(new SetUpPortal(input.Code, shop, input.DisplayName, input.Email, input.Password), Http.RequestAborted);
        if (created.Problem is { } problem)
        {
            _problem = problem;
            return;
        }
        await Sessions.StartSessionAsync(Http, created.Value);
        Navigation.NavigateTo("/");
    }

    // Every step checks the code again: it travels in the form, and a form can be sent by anybody.
    private Problem? Check(SetUpForm input)
    {
        if (!Token.Matches(input.Code)) return Problem.At(nameof(input.Code), Words.SetUpCodeWrong);
        if (input.Step >= 2)
        {
            if (input.ShopName.Trim() is not { Length: > 0 and <= 80 }) return Problem.At(nameof(input.ShopName), Words.ShopNameMissing);
            if (!Currencies.All.Contains(input.Currency)) return Problem.Of(Words.CurrencyUnknown);
            if (!TimeZoneInfo.TryFindSystemTimeZoneById(input.TimeZone, out _)) return Problem.Of(Words.TimeZoneUnknown);
        }
        if (input.Step < 3) return null;
        if (input.DisplayName.Trim() is not { Length: > 0 and <= 80 }) return Problem.At(nameof(input.DisplayName), Words.NameMissing);
        return EmailRule.IsAddress(input.Email.Trim()) ? null : Problem.At(nameof(input.Email), Words.EmailNotUsable);
    }
}

/// <summary>The answers of the set-up, as the form sends them.</summary>
public sealed class SetUpForm
{
    public int Step { get; set; } = 1;
    public bool Back { get; set; }
    /// <summary>A sample shop instead of one's own.</summary>
    public bool Sample { get; set; }
    public string Code { get; set; } = "";
    public string ShopName { get; set; } = "";
    public string Currency { get; set; } = "EUR";
    public string TimeZone { get; set; } = "UTC";
    public string DisplayName { get; set; } = "";
    public string Email { get; set; } = "";
    public string Password { get; set; } = "";
}
