using System.Text;
using RunAiRbac.Client.Operations;

namespace RunAiRbac.Api.Tests.Sdk;

internal sealed partial class Tour
{
    public async Task AuditAsync()
    {
        var cluster = await ClusterAsync();
        var query = new AuditQuery(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200)) { NumberOfSamples = 1, SortBy = "timestamp", SortOrder = "desc", FilterBy = [$"cluster_name=={cluster.Name}"] };
        var page = await Admin.Audit.ListAsync(query, Cancel);
        (page.Total, page.Next, page.AuditLogs.Single().Action).Should().Be((2L, 1, "create"));
        (await Admin.Audit.ListAllAsync(query, Cancel).ToListAsync(Cancel)).Select(x => x.EntityType).Should().BeEquivalentTo("cluster", "department");
        Encoding.UTF8.GetString(await Admin.Audit.DownloadAsync(query, cancellationToken: Cancel)).Should().Contain(cluster.Name);
        Encoding.UTF8.GetString(await Admin.Audit.DownloadAsync(query, "JSON", Cancel)).Should().StartWith("[");
        (await Admin.Audit.VerifyAsync(Cancel)).Valid.Should().BeTrue();
    }
}
