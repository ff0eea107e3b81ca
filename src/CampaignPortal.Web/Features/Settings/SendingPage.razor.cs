using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Settings;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Resources;
using Microsoft.AspNetCore.Components;

namespace CampaignPortal.Web.Features.Settings;

/// <summary>How mail leaves, from whom, and how often at most.</summary>
public sealed partial class SendingPage
{
    private static readonly string[] Keys =
    [
        KnownSettings.Transport, KnownSettings.SmtpHost, KnownSettings.SmtpPort, KnownSettings.SmtpSecurity, KnownSettings.SmtpUser, KnownSettings.SenderName, KnownSettings.SenderAddress,
        KnownSettings.ReplyTo, KnownSettings.PublicUrl, KnownSettings.MailPostalAddress, KnownSettings.MailWebAddress, KnownSettings.MailAccent, KnownSettings.CapCount, KnownSettings.CapDays, KnownSettings.CapWindow, KnownSettings.Topics, KnownSettings.QuietFrom, KnownSettings.QuietUntil, KnownSettings.GlobalHoldout,
    ];

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
        KnownSettings.QuietFrom => DeliveryWords.QuietFrom,
        KnownSettings.GlobalHoldout => DeliveryWords.GlobalHoldout,
        _ => DeliveryWords.QuietUntil,
    };
}
