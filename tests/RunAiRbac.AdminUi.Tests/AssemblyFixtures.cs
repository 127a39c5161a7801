using RunAiRbac.AdminUi.Tests.Fixtures;

[assembly: AssemblyFixture(typeof(Browser))]
