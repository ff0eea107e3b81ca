using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Settings;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Features.Delivery;
using CampaignPortal.Web.Resources;
using Microsoft.AspNetCore.Components;

namespace CampaignPortal.Web.Features.Settings;

/// <summary>How mail leaves, from whom, and how often at most.</summary>
public sealed partial class SendingPage
{
    private static readonly string[] Keys =
    [
        KnownSettings.Transport, KnownSettings.SmtpHost, KnownSettings.SmtpPort, KnownSettings.SmtpSecurity, KnownSettings.SmtpUser, KnownSettings.SenderName, KnownSettings.SenderAddress,
        KnownSettings.ReplyTo, KnownSettings.PublicUrl, KnownSettings.MailPostalAddress, KnownSettings.MailWebAddress, KnownSettings.MailAccent, KnownSettings.CapCount, KnownSettings.CapDays, KnownSettings.CapWindow, KnownSettings.Topics, KnownSettings.FreeDays, KnownSettings.QuietFrom, KnownSettings.QuietUntil, KnownSettings.GlobalHoldout,
    ];

    private const int DaysAhead = 366, ShownDays = 5;

    private SettingsForm? _form;
    private IReadOnlyList<SettingConflict> _conflicts = [];
    private bool _isStopped;

    [Inject] private SettingsHandler Settings { get; set; } = null!; // injected before anything runs
    [Inject] private SettingsSaver Saver { get; set; } = null!; // as above
    [Inject] private DeliverySettingsStore Delivery { get; set; } = null!; // as above
    [Inject] private DeliveryOptions Options { get; set; } = null!; // as above
    [CascadingParameter] private Viewer Viewer { get; set; } = Viewer.Nobody;

    private async Task<SettingsForm?> LoadAsync(CancellationToken ct)
    {
        await ReadBrakeAsync();
        return _form = new SettingsForm(await Settings.ReadAsync(Keys, ct));
    }

    private Task ReadBrakeAsync()
    {
        Delivery.Forget();
        _isStopped = Delivery.Read().IsStopped;
        return Task.CompletedTask;
    }

    private async Task SaveAsync()
    {
        _conflicts = await Saver.SaveAsync(_form!, Viewer, Label); // the bar is there once the form is
        Delivery.Forget();
    }

    private void Discard()
    {
        _form?.Discard();
        _conflicts = [];
    }

    private void Resolve((SettingConflict Conflict, bool KeepMine) choice)
    {
        _form?.Resolve(choice.Conflict, choice.KeepMine);
        _conflicts = [.. _conflicts.Where(c => c != choice.Conflict)];
    }

    private static string WrongDay(SettingsForm form)
    {
        _ = FreeDay.Read(form[KnownSettings.FreeDays], out var line);
        return Say.With(DeliveryWords.FreeDaysWrong, ("line", Figures.Count(line)));
    }

    // What was understood: a month for a day would show here.
    private List<string> NextDays(SettingsForm form)
    {
        var days = FreeDay.Read(form[KnownSettings.FreeDays], out _);
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(Viewer.Clock.GetUtcNow(), Viewer.Shop.Zone).DateTime);
        return
        [
            .. Enumerable.Range(0, DaysAhead).Select(today.AddDays).Select(day => (Day: day, Free: days.Where(d => d.FallsOn(day)).ToArray())).Where(d => d.Free.Length > 0).Take(ShownDays)
                .Select(d => $"{d.Day.ToString(Words.FormatDayYear, System.Globalization.CultureInfo.CurrentCulture)} {DeliveryVocabulary.Names(d.Free)}"),
        ];
    }

    private static bool IsSmtp(SettingsForm form) => form[KnownSettings.Transport] is KnownSettings.SmtpTransport;

    private static string Label(string key) => key switch
    {
        KnownSettings.Transport => DeliveryWords.Way,
        KnownSettings.SmtpHost => DeliveryWords.RelayHost,
        KnownSettings.SmtpPort => DeliveryWords.RelayPort,
        KnownSettings.SmtpSecurity => DeliveryWords.Security,
        KnownSettings.SmtpUser => DeliveryWords.RelayUser,
        KnownSettings.SenderName => DeliveryWords.SenderName,
        KnownSettings.SenderAddress => DeliveryWords.SenderAddress,
        KnownSettings.ReplyTo => DeliveryWords.ReplyTo,
        KnownSettings.PublicUrl => DeliveryWords.PublicUrl,
        KnownSettings.MailPostalAddress => DeliveryWords.PostalAddress,
        KnownSettings.MailWebAddress => DeliveryWords.WebAddress,
        KnownSettings.MailAccent => DeliveryWords.Accent,
        KnownSettings.CapCount => DeliveryWords.CapCount,
        KnownSettings.CapDays => DeliveryWords.CapDays,
        KnownSettings.CapWindow => DeliveryWords.CapWindow,
        KnownSettings.Topics => DeliveryWords.Topics,
        KnownSettings.FreeDays => DeliveryWords.FreeDays,
        KnownSettings.QuietFrom => DeliveryWords.QuietFrom,
        KnownSettings.GlobalHoldout => DeliveryWords.GlobalHoldout,
        _ => DeliveryWords.QuietUntil,
    };
}
