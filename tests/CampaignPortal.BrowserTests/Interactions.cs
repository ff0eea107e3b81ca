using Microsoft.Playwright;

namespace CampaignPortal.BrowserTests;

/// <summary>Counts what a person does: a click, a key chord, or filling one field. The budgets are those of the design (UX, users and tasks).</summary>
internal sealed class Interactions(IPage page)
{
    public int Count { get; private set; }

    public Task ClickAsync(string selector)
    {
        Count++;
        return page.ClickAsync(selector);
    }

    public Task PressAsync(string keys)
    {
        Count++;
        return page.Keyboard.PressAsync(keys);
    }

    /// <summary>Into the field that has the focus already.</summary>
    public Task TypeAsync(string text)
    {
        Count++;
        return page.Keyboard.TypeAsync(text, new KeyboardTypeOptions { Delay = 25 }); // about as fast as people type
    }

    public Task FillAsync(string selector, string text)
    {
        Count++;
        return page.FillAsync(selector, text);
    }

    public Task SelectAsync(string selector, string value)
    {
        Count++;
        return page.SelectOptionAsync(selector, value);
    }

    public Task ChooseFileAsync(string selector, string path)
    {
        Count++;
        return page.SetInputFilesAsync(selector, path);
    }
}
