using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using Shouldly;
using Xunit;

namespace Tests.Contracts;

public sealed class ContractsJsonTests
{
    private static readonly Guid Id = Guid.Parse("0198c0de-0000-7000-8000-000000000001");
    private static readonly DateTime Time = new(2026, 8, 1, 12, 30, 45, 678, DateTimeKind.Utc);

    private static readonly TokenUsage Usage = new()
    {
        Input = 1,
        CacheRead = 2,
        CacheWrite5Minutes = 3,
        CacheWrite1Hour = 4,
        AudioInput = 5,
        ImageInput = 6,
        Output = 7,
        Reasoning = 8,
        AudioOutput = 9,
    };

    private static readonly GatewayError Error = new(GatewayErrorKind.UpstreamRejected, "code", "message")
    {
        Param = "param",
        RetryAfter = TimeSpan.FromMilliseconds(1500),
        UpstreamStatus = 422,
        ShouldRetry = false,
    };

    private static readonly AttemptRecord Attempt = new()
    {
        Id = Id,
        Provider = "provider",
        UpstreamModel = "model",
        UpstreamStatus = 200,
        ErrorCode = "code",
        Usage = Usage,
        UsageSource = UsageSource.Partial,
        Cost = new NanoUsd(12),
        DurationMs = 1.5,
    };

    private static readonly RequestFacts Facts = new()
    {
        Model = "modèle",
        Stream = true,
        IncludeUsage = true,
        MaxOutputTokens = 10,
        Choices = 2,
        TextBytes = 3,
        ModelValue = new ByteRange(1, 2),
        StreamOptionsValue = new ByteRange(3, 4),
        IncludeUsageValue = new ByteRange(5, 6),
        EndUser = "someone",
    };

    [Theory]
    [InlineData(ClientFormat.Chat)]
    [InlineData(ClientFormat.Responses)]
    [InlineData(ClientFormat.Messages)]
    public void Admission_WhenSent_IsTheSame(ClientFormat format)
    {
        ShouldSurvive(
            new AdmissionRequest(Id, "secret", "model", format) { InputTokens = 1, OutputTokens = 2 }, ContractsJson.Default.AdmissionRequest);
        ShouldSurvive(new AdmissionRequest(Guid.Empty, "", "", format), ContractsJson.Default.AdmissionRequest);
        ShouldSurvive(new AdmissionRequest(Id, "secret", "model", format) { OutputTokens = 0 }, ContractsJson.Default.AdmissionRequest);
        ShouldSurvive(Admission.Granted(new Lease(Id, new KeyIdentity(Id, "key"), Time)), ContractsJson.Default.Admission);
        ShouldSurvive(Admission.Refused(Error), ContractsJson.Default.Admission);
        ShouldSurvive(Admission.Refused(GatewayError.InvalidKey()), ContractsJson.Default.Admission);
    }

    [Fact]
    public void Error_WhenEachKindIsSent_IsTheSame()
    {
        foreach (var kind in Enum.GetValues<GatewayErrorKind>())
        {
            ShouldSurvive(Admission.Refused(new GatewayError(kind, "code", "message")), ContractsJson.Default.Admission);
            ShouldSurvive(
                Admission.Refused(Error with { Kind = kind, RetryAfter = TimeSpan.Zero, ShouldRetry = true }), ContractsJson.Default.Admission);
        }
    }

    [Fact]
    public void Identity_WhenSent_IsTheSame()
    {
        ShouldSurvive(new SecretQuery("secret"), ContractsJson.Default.SecretQuery);
        ShouldSurvive(new KeyIdentity(Id, "key"), ContractsJson.Default.KeyIdentity);
        ShouldSurvive(new AdminIdentity(Id, "admin", "f00d") { Role = AdminRole.Project, ProjectId = Id }, ContractsJson.Default.AdminIdentity);
        var origin = new AdminOriginFacts("127.0.0.1", "curl", "req_1");
        ShouldSurvive(new SignIn(origin) { External = new ExternalAdmin("issuer subject", "name", AdminRole.Project, Id) }, ContractsJson.Default.SignIn);
        ShouldSurvive(new SignIn(origin) { Secret = "secret" }, ContractsJson.Default.SignIn);
        ShouldSurvive(new SignOut("secret", origin), ContractsJson.Default.SignOut);
        ShouldSurvive(new AdminSession(new AdminIdentity(Id, "admin"), DateTime.UnixEpoch, "secret"), ContractsJson.Default.AdminSession);
    }

    [Fact]
    public void Settlement_WhenSent_IsTheSame()
        => ShouldSurvive<IReadOnlyList<Settlement>>(
            [new Settlement(Id, Id, Usage, new NanoUsd(5)), new Settlement(Guid.Empty, Guid.Empty, default, NanoUsd.Zero)],
            ContractsJson.Default.IReadOnlyListSettlement);

    [Theory]
    [InlineData(ClientFormat.Chat)]
    [InlineData(ClientFormat.Messages)]
    public void DispatchRequest_WhenSent_IsTheSame(ClientFormat format)
    {
        ShouldSurvive(
            new DispatchRequest { CallId = Id, Format = format, Facts = Facts, BodyLength = 5, KeyId = Id, Simulate = "tps=1" },
            ContractsJson.Default.DispatchRequest);
        ShouldSurvive(
            new DispatchRequest { CallId = Guid.Empty, Format = format, Facts = new RequestFacts { Model = "" }, KeyId = Guid.Empty },
            ContractsJson.Default.DispatchRequest);
    }

    [Fact]
    public void DispatchRequest_WhenFactsAreThoseOfAPlainRequest_KeepsItsOneChoice()
    {
        var request = new DispatchRequest { CallId = Id, Format = ClientFormat.Chat, Facts = new RequestFacts { Model = "m" }, KeyId = Id };

        Reread(request, ContractsJson.Default.DispatchRequest).Facts.Choices.ShouldBe(1);
    }

    [Fact]
    public void DispatchHead_WhenSent_IsTheSame()
    {
        ShouldSurvive(new DispatchHead(), ContractsJson.Default.DispatchHead);
        Reread(new DispatchHead(), ContractsJson.Default.DispatchHead).ContentType.ShouldBe("application/json");
        ShouldSurvive(
            new DispatchHead
            {
                Error = Error,
                Provider = "provider",
                UpstreamModel = "model",
                Attempts = 3,
                ContentType = "text/event-stream",
                Cost = NanoUsd.Zero,
                ProviderMs = 1.5,
            },
            ContractsJson.Default.DispatchHead);
    }

    [Fact]
    public void DispatchEnd_WhenSent_IsTheSame()
    {
        ShouldSurvive(new DispatchEnd(), ContractsJson.Default.DispatchEnd);
        ShouldSurvive(
            new DispatchEnd { Error = Error, Usage = Usage, UsageSource = UsageSource.Estimated, Cost = NanoUsd.Zero, Attempts = [Attempt, Attempt] },
            ContractsJson.Default.DispatchEnd);
    }

    [Fact]
    public void DispatchEnd_WhenTheModelHasNoPrice_StaysWithoutCost()
    {
        Reread(new DispatchEnd { Cost = null }, ContractsJson.Default.DispatchEnd).Cost.ShouldBeNull();
        Reread(new DispatchEnd { Cost = NanoUsd.Zero }, ContractsJson.Default.DispatchEnd).Cost.ShouldBe(NanoUsd.Zero);
    }

    [Fact]
    public void Models_WhenSent_AreTheSame()
        => ShouldSurvive(
            new ModelList(
                [
                    new ModelDescription("id", "owner", Time),
                    new ModelDescription("served", "owner", Time) { Services = [new ServiceDescription("service", "openai")] },
                ])
            {
                Services = [new ServiceDescription("service", "openai")],
                WorkingServices = 1,
            },
            ContractsJson.Default.ModelList);

    [Fact]
    public void Records_WhenSent_AreTheSame()
        => ShouldSurvive<IReadOnlyList<CallRecord>>(
            [
                new CallRecord { Id = Guid.Empty, RequestId = "", CreatedAt = default(DateTime).ToUniversalTime(), RequestedModel = "" },
                new CallRecord
                {
                    Id = Id,
                    RequestId = "req",
                    CreatedAt = Time,
                    KeyId = Id,
                    KeyName = "key",
                    Format = ClientFormat.Messages,
                    RequestedModel = "model",
                    Stream = true,
                    StatusCode = 200,
                    ErrorCode = "code",
                    Provider = "provider",
                    UpstreamModel = "upstream",
                    Usage = Usage,
                    UsageSource = UsageSource.Provider,
                    Cost = new NanoUsd(1),
                    LatencyMs = 1.25,
                    FirstTokenMs = 0,
                    OverheadMs = 0.5,
                    TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                    Attempts = [Attempt],
                },
            ],
            ContractsJson.Default.IReadOnlyListCallRecord);

    [Fact]
    public void Times_WhenSent_AreStillUtc()
    {
        var lease = Reread(Admission.Granted(new Lease(Id, new KeyIdentity(Id, "key"), Time)), ContractsJson.Default.Admission).Lease;

        lease.ShouldNotBeNull().ExpiresAt.Kind.ShouldBe(DateTimeKind.Utc);
    }

    /// <summary>Compared as reflection sees them, since a list comes back as another kind of list.</summary>
    private static void ShouldSurvive<T>(T value, JsonTypeInfo<T> type)
        => JsonSerializer.Serialize(Reread(value, type)).ShouldBe(JsonSerializer.Serialize(value));

    private static T Reread<T>(T value, JsonTypeInfo<T> type)
        => JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(value, type), type)!;
}
