using System.Net;
using CampaignPortal.Web.Demo;
using Microsoft.AspNetCore.Http;

namespace CampaignPortal.Web.Tests.Demo;

/// <summary>Who sees the passwords of the sample shop.</summary>
public sealed class ThisMachineTests
{
    [Theory]
    [InlineData("127.0.0.1", "localhost", true)]
    [InlineData("::1", "[::1]:5000", true)]
    [InlineData("127.0.0.1", "127.0.0.1:5000", true)]
    [InlineData("192.168.1.7", "localhost", false)]
    [InlineData("127.0.0.1", "shop.example.com", false)] // a name of somebody else that leads here
    [InlineData(null, "localhost", false)]
    public void Only_a_visitor_at_this_machine_who_calls_it_by_its_own_name(string? address, string host, bool sees)
    {
        Assert.Equal(sees, ThisMachine.Asks(Request(address, host)));
    }

    [Theory]
    [InlineData("X-Forwarded-For"), InlineData("Forwarded")]
    public void Nobody_behind_a_proxy(string header)
    {
        var http = Request("127.0.0.1", "localhost");
        http.Request.Headers[header] = "198.51.100.7";
        Assert.False(ThisMachine.Asks(http));
    }

    private static DefaultHttpContext Request(string? address, string host)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address);
        http.Request.Host = new HostString(host);
        return http;
    }
}
