using System.Collections.Concurrent;
using RunAiRbac.Client.Http;

namespace RunAiRbac.Api.Tests.Sdk;

/// <summary>Notes which operations a client really sent.</summary>
internal sealed class RecordingHandler() : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
{
    public ConcurrentDictionary<Operation, bool> Sent { get; } = new();

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Options.TryGetValue(Operation.Key, out var operation).Should().BeTrue("every request is an operation's");
        Sent[operation!] = true;
        return base.SendAsync(request, cancellationToken);
    }
}
