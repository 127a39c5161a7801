using Microsoft.AspNetCore.Mvc;

namespace RunAiRbac.Api.Tests.Sdk;

/// <summary>A controller of another service; only <see cref="GuardedApp"/> maps it.</summary>
[ApiController]
public sealed class GuardedController : ControllerBase
{
    [HttpPost("/mvc/{projectId}/jobs")]
    public string Post(string projectId) => "ran in " + projectId;
}
