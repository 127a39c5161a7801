using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using RunAiRbac.Api.Hosting;

namespace RunAiRbac.Api.Tests.Hosting;

public sealed class HostOptionsTests
{
    [Theory]
    [InlineData("Production", "", "Tokens:Issuer")]
    [InlineData("Production", "Passwords:Rounds=599999", "Passwords:Rounds")]
    [InlineData("Production", "Storage:Provider=postgresql", "DataProtection:KeyDirectory")]
    [InlineData("Development", "Tokens:Issuer=rbac", "Tokens:Issuer")]
    [InlineData("Development", "Tokens:Issuer=https://rbac.example.com/?a=b", "Tokens:Issuer")]
    [InlineData("Development", "Tokens:Audience= ", "Tokens:Audience")]
    [InlineData("Development", "Tokens:AccessTokenLifetime=00:01:59", "Tokens:AccessTokenLifetime")]
    [InlineData("Development", "Tokens:AccessTokenLifetime=12:00:01", "Tokens:AccessTokenLifetime")]
    [InlineData("Development", "Tokens:AccessTokenLifetime=soon", "Tokens:AccessTokenLifetime")]
    [InlineData("Development", "Tokens:RefreshTokenLifetime=00:01:00", "Tokens:RefreshTokenLifetime")]
    [InlineData("Development", "Freshness:MaxStaleness=00:00:00", "Freshness:MaxStaleness")]
    [InlineData("Development", "Freshness:PollInterval=00:00:00", "Freshness:PollInterval")]
    [InlineData("Development", "Shutdown:DrainFor=-00:00:01", "Shutdown:DrainFor")]
    [InlineData("Development", "RateLimits:Checks:PerCallerPerSecond=0", "RateLimits:Checks:PerCallerPerSecond")]
    [InlineData("Development", "RateLimits:Administration:Burst=5", "RateLimits:Administration:Burst")]
    [InlineData("Development", "RateLimits:SignIn:Concurrent=0", "RateLimits:SignIn:Concurrent")]
    [InlineData("Development", "RateLimits:SignIn:Queue=-1", "RateLimits:SignIn:Queue")]
    [InlineData("Development", "Shutdown:FinishWithin=00:00:00", "Shutdown:FinishWithin")]
    [InlineData("Development", "Storage:Provider=Oracle", "Storage:Provider")]
    [InlineData("Development", "Storage:Provider=7", "Storage:Provider")]
    [InlineData("Development", "Storage:Provider=PostgreSql", "ConnectionStrings:RunAiRbac")]
    [InlineData("Development", "ConnectionStrings:RunAiRbac=nonsense", "ConnectionStrings:RunAiRbac")]
    [InlineData("Development", "DataProtection:KeyDirectory= ", "DataProtection:KeyDirectory")]
    [InlineData("Development", "ConnectionStrings:RunAiRbac=Data Source=:memory:", "ConnectionStrings:RunAiRbac")]
    [InlineData("Development", "ConnectionStrings:RunAiRbac=Mode=Memory", "ConnectionStrings:RunAiRbac")]
    [InlineData("Development", "Tokens:Issuer=https://a:b@rbac.example.com", "Tokens:Issuer")]
    [InlineData("Development", "OTEL_EXPORTER_OTLP_ENDPOINT=collector", "OTEL_EXPORTER_OTLP_ENDPOINT")]
    [InlineData("Development", "OTEL_EXPORTER_OTLP_ENDPOINT=ftp://collector", "OTEL_EXPORTER_OTLP_ENDPOINT")]
    [InlineData("Development", "Tenancy:Hosts:a=0", "Tenancy:Hosts:a")]
    [InlineData("Development", "Tenancy:Hosts:a=second", "Tenancy:Hosts:a")]
    [InlineData("Development", "Tenancy:Hosts:a=", "Tenancy:Hosts:a")]
    [InlineData("Development", "Tenancy:Hosts:a=+2", "Tenancy:Hosts:a")]
    [InlineData("Development", "Tenancy:Hosts:a=99999999999", "Tenancy:Hosts:a")]
    [InlineData("Development", "Tenancy:Hosts:a:8080=2", "Tenancy:Hosts:a")]
    [InlineData("Development", "Tenancy:Hosts=2", "Tenancy:Hosts")]
    [InlineData("Development", "Sso:AllowedPrivateNetworks=10.0.0.0/8", "Sso:AllowedPrivateNetworks")]
    [InlineData("Development", "ChangeLog:Retention=00:59:59", "ChangeLog:Retention")]
    [InlineData("Development", "ChangeLog:Retention=a week", "ChangeLog:Retention")]
    [InlineData("Development", "Bootstrap:TenantId=0", "Bootstrap:TenantId")]
    [InlineData("Development", "Bootstrap:TenantName= ", "Bootstrap:TenantName")]
    [InlineData("Development", "Bootstrap:AdminEmail=nobody", "Bootstrap:AdminEmail")]
    [InlineData("Development", "Bootstrap:AdminPassword=short", "Bootstrap:AdminPassword")]
    [InlineData("Development", "Sso:AllowedPrivateNetworks:0=internal", "Sso:AllowedPrivateNetworks")]
    [InlineData("Development", "Sso:AllowedPrivateNetworks:0=10.0.0.1", "Sso:AllowedPrivateNetworks")]
    [InlineData("Development", "Sso:ClockSkew=00:10:01", "Sso:ClockSkew")]
    [InlineData("Development", "Sso:MembershipLifetime=00:59:59", "Sso:MembershipLifetime")]
    public async Task Validate_WrongValue_NamesTheKey(string environment, string setting, string key)
        => (await JudgeAsync(environment, setting)).Should().Contain(key);

    [Theory]
    [InlineData("Development", "")]
    [InlineData("Development", "Tokens:AccessTokenLifetime=00:02:00")]
    [InlineData("Development", "Tokens:AccessTokenLifetime=12:00:00;Tokens:RefreshTokenLifetime=12:00:00")]
    [InlineData("Development", "Passwords:Rounds=1")]
    [InlineData("Development", "Tenancy:Hosts:a.example.com=2;Tenancy:Hosts:B=3;OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4317")]
    [InlineData("Development", "OTEL_EXPORTER_OTLP_ENDPOINT=")]
    [InlineData("Development", "Sso:AllowedPrivateNetworks:0=10.0.0.0/8;Sso:AllowedPrivateNetworks:1=fd00::/8;Sso:ClockSkew=00:00:00")]
    [InlineData("Production", "Tokens:Issuer=https://rbac.example.com")]
    public async Task Validate_GoodValue_SaysNothing(string environment, string settings)
        => (await JudgeAsync(environment, settings)).Should().BeNull();

    [Fact]
    public async Task Validate_SeveralWrongValues_NamesThemAll()
        => (await JudgeAsync("Development", "Bootstrap:TenantId=0;Bootstrap:AdminEmail=nobody;Tenancy:Hosts:a=0"))
            .Should().Contain("Bootstrap:TenantId").And.Contain("Bootstrap:AdminEmail").And.Contain("Tenancy:Hosts:a");

    private static async Task<string?> JudgeAsync(string environment, string settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection(settings.Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(setting => setting.Split('=', 2)).ToDictionary(parts => parts[0], string? (parts) => parts[1]));
        builder.AddHost();
        try
        {
            await using var app = builder.Build();
            HostOptions.Validate(app.Services);
            return null;
        }
        catch (Exception failure) when (StartFailure.Describe(failure) is { } message)
        {
            return message;
        }
    }
}
