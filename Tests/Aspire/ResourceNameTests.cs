using Aspire.Hosting;
using Aspire.Hosting.Testing;
using Shouldly;
using Xunit;

namespace Tests.Aspire;

public sealed class ResourceNameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("key-service2")]
    [InlineData("KeyService")]
    public void AddResource_WhenNameIsValid_Accepts(string name)
        => DistributedApplicationTestingBuilder.Create().AddParameter(name, "x").Resource.Name.ShouldBe(name);

    [Theory]
    [InlineData("")]
    [InlineData("2keys")]
    [InlineData("-keys")]
    [InlineData("keys-")]
    [InlineData("key--service")]
    [InlineData("key_service")]
    [InlineData("key.service")]
    [InlineData("schlüssel")]
    public void AddResource_WhenNameIsNotADnsLabel_IsRefused(string name)
        => Should.Throw<ArgumentException>(() => DistributedApplicationTestingBuilder.Create().AddParameter(name, "x"));

    [Fact]
    public void AddResource_WhenNameIsTooLong_IsRefused()
        => Should.Throw<ArgumentException>(() => DistributedApplicationTestingBuilder.Create().AddParameter(new string('a', 65), "x"));

    [Fact]
    public void AddResource_WhenNameDiffersOnlyInCase_IsRefused()
    {
        var builder = DistributedApplicationTestingBuilder.Create();
        builder.AddParameter("keys", "x");

        Should.Throw<DistributedApplicationException>(() => builder.AddParameter("Keys", "y"));
    }
}
