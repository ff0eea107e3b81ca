using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery.Mime;
using CampaignPortal.Marketing.Settings;

namespace CampaignPortal.Marketing.Delivery.Transports;

/// <summary>Puts mails as <c>.eml</c> files into the folder <c>outbox</c> of the data directory: nothing leaves the machine.</summary>
/// <remarks>A mail appears whole by a rename under the name of its key, so handing it over twice is one file.</remarks>
public sealed class PickupTransport : IMessageTransport
{
    private readonly string _folder, _temporary;

    public PickupTransport(DataDirectory directory)
    {
        _folder = FolderOf(directory);
        _temporary = Path.Combine(_folder, "tmp");
    }

    public string Name => KnownSettings.PickupTransport;

    public bool IsRepeatable => true;

    public int Parallelism => 32;

    public static string FolderOf(DataDirectory directory) => Path.Combine(directory.Path, "outbox");

    public async Task<SendResult> SendAsync(OutgoingMail mail, Func<CancellationToken, Task<bool>> mark, CancellationToken ct)
    {
        var temporary = Path.Combine(_temporary, mail.Key);
        try
        {
            await WriteAsync(temporary, mail.Source, ct);
            FaultPoints.Hit("send.after-body-before-mark");
            if (!await mark(ct))
            {
                File.Delete(temporary);
                return SendResult.NotMarked(SendPhase.Body);
            }
            FaultPoints.Hit("send.after-mark-before-dot");
            File.Move(temporary, Path.Combine(_folder, mail.Key + ".eml"), overwrite: true);
            FaultPoints.Hit("send.after-dot-before-reply");
            return new SendResult(SendOutcome.Accepted, SendPhase.Reply);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new SendResult(SendOutcome.DestinationDown, SendPhase.Body, Text: "The outbox folder cannot be written: " + e.GetType().Name, Reason: MessageReasons.Destination);
        }
    }

    private async Task WriteAsync(string file, ReadOnlyMemory<byte> source, CancellationToken ct)
    {
        if (!Directory.Exists(_temporary)) Directory.CreateDirectory(_temporary);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0, PreallocationSize = source.Length };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite; // mails name people
        await using var stream = new FileStream(file, options);
        await stream.WriteAsync(source, ct);
        stream.Flush(flushToDisk: true); // before the mark: the record says that the mail is there, also after a power cut
    }
}
