using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace CampaignPortal.Web.Components.Shared;

/// <summary>Gives the browser a file that was made for this person (scoped to the circuit). What holds personal data is audited by who makes it.</summary>
public sealed class Downloads(IJSRuntime js, NavigationManager navigation)
{
    public Task SaveCsvAsync(string name, byte[] csv) => SaveAsync(name + ".csv", "text/csv;charset=utf-8", csv);

    public async Task SaveAsync(string name, string contentType, byte[] content)
    {
        await using var module = await js.InvokeAsync<IJSObjectReference>("import", navigation.BaseUri + "assets/files.js");
        using var stream = new DotNetStreamReference(new MemoryStream(content, writable: false));
        await module.InvokeVoidAsync("save", name, contentType, stream);
    }
}
