using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RunAiRbac.Client.Contracts;

namespace RunAiRbac.Benchmarks;

/// <summary>
/// What <c>/authorize</c> is measured against (design.md §10): a host with no logging and no middleware that binds the same JSON and answers a constant.
/// </summary>
internal static class BareHost
{
    public static void Run(string url)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, BareJson.Default));
        var app = builder.Build();
        app.Urls.Add(url);
        var answer = new CheckResponse(
            true, "granted", "0123456789abcdef-1", "r1-0123456789abcdef-1-1-1", new RuleReference(1, "Application load is a L1 researcher in Project load"));
        app.MapPost("/api/v1/authorize", (CheckRequest request) => request.Action == "create" ? answer : null);
        app.Run();
    }
}

[System.Text.Json.Serialization.JsonSourceGenerationOptions(PropertyNamingPolicy = System.Text.Json.Serialization.JsonKnownNamingPolicy.CamelCase)]
[System.Text.Json.Serialization.JsonSerializable(typeof(CheckRequest))]
[System.Text.Json.Serialization.JsonSerializable(typeof(CheckResponse))]
internal sealed partial class BareJson : System.Text.Json.Serialization.JsonSerializerContext;
