using System.Collections.Concurrent;
using RunAiRbac.Client.AspNetCore;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddRunAiRbac(options => builder.Configuration.GetSection("RunAiRbac").Bind(options));
var app = builder.Build();

var jobs = new ConcurrentDictionary<Guid, Job>();
var project = ScopeFrom.Route("project", "projectId");

app.MapPost("/projects/{projectId}/jobs", (string projectId, NewJob job) =>
{
    var made = new Job(Guid.NewGuid(), projectId, job.Name);
    jobs[made.Id] = made;
    return TypedResults.Created($"/projects/{projectId}/jobs/{made.Id}", made);
}).RequirePermission("workloads", "create", project);

app.MapGet("/projects/{projectId}/jobs", (string projectId) => jobs.Values.Where(job => job.ProjectId == projectId))
    .RequirePermission("workloads", "read", project);

app.Run();

internal sealed record NewJob(string Name);

internal sealed record Job(Guid Id, string ProjectId, string Name);
