namespace CampaignPortal.Web.Cli;

/// <summary>Shows the latest stage on one line of a terminal; silent where output is a file or JSON.</summary>
internal sealed class ConsoleProgress<T>(bool isSilent, Func<T, string> describe) : IProgress<T>, IDisposable
{
    private readonly bool _isShown = !isSilent && !Console.IsErrorRedirected;
    private readonly Lock _turn = new();
    private int _width;

    public void Report(T value)
    {
        if (!_isShown) return;
        lock (_turn)
        {
            var text = describe(value);
            Console.Error.Write('\r' + text.PadRight(_width));
            _width = text.Length;
        }
    }

    public void Dispose()
    {
        if (_width > 0) Console.Error.Write('\r' + new string(' ', _width) + '\r');
    }
}
