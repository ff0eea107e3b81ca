namespace CampaignPortal.Marketing.Delivery.Transports.Smtp;

/// <summary>The transparency of RFC 5321 §4.5.2: a line that begins with a dot gets another one, and the only end is ours.</summary>
/// <remarks>Every kind of line end becomes CRLF first: a lone CR or LF around a dot is an end to some servers (SMTP smuggling).</remarks>
internal static class DotStuffing
{
    /// <summary>The mail as it goes through the wire, ended by CRLF, without the final dot.</summary>
    public static ReadOnlyMemory<byte> Stuff(ReadOnlySpan<byte> source)
    {
        var target = new byte[source.Length * 2 + 2]; // at worst every byte is a line end that becomes two, or a dot that does
        var length = 0;
        var isStart = true;
        for (var i = 0; i < source.Length; i++)
        {
            var b = source[i];
            if (b is (byte)'\r' or (byte)'\n')
            {
                if (b is (byte)'\r' && i + 1 < source.Length && source[i + 1] is (byte)'\n') i++;
                EndLine();
                continue;
            }
            if (isStart && b is (byte)'.') target[length++] = (byte)'.';
            target[length++] = b;
            isStart = false;
        }
        if (!isStart) EndLine();
        return target.AsMemory(0, length);

        void EndLine()
        {
            (target[length], target[length + 1]) = ((byte)'\r', (byte)'\n');
            length += 2;
            isStart = true;
        }
    }
}
