#pragma warning disable EXTEXP0001 // DisableFor and RemoveAllResilienceHandlers are marked experimental.
using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.RateLimiting;
using Polly.Timeout;
using Shouldly;
using Xunit;

namespace Tests.Compat;

public sealed class StandardResilienceTests
{
    private static readonly Uri Address = new("http://upstream/");

    private readonly ManualClock _clock = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void Options_ByDefault_AreTheDocumentedOnes()
    {
        var options = new HttpStandardResilienceOptions();

        options.RateLimiter.DefaultRateLimiterOptions.PermitLimit.ShouldBe(1000);
        options.RateLimiter.DefaultRateLimiterOptions.QueueLimit.ShouldBe(0);
        options.TotalRequestTimeout.Timeout.ShouldBe(TimeSpan.FromSeconds(30));
        options.Retry.MaxRetryAttempts.ShouldBe(3);
        options.Retry.BackoffType.ShouldBe(DelayBackoffType.Exponential);
        options.Retry.Delay.ShouldBe(TimeSpan.FromSeconds(2));
        options.Retry.UseJitter.ShouldBeTrue();
        options.Retry.MaxDelay.ShouldBeNull();
        options.Retry.ShouldRetryAfterHeader.ShouldBeTrue();
        options.CircuitBreaker.FailureRatio.ShouldBe(0.1);
        options.CircuitBreaker.MinimumThroughput.ShouldBe(100);
        options.CircuitBreaker.SamplingDuration.ShouldBe(TimeSpan.FromSeconds(30));
        options.CircuitBreaker.BreakDuration.ShouldBe(TimeSpan.FromSeconds(5));
        options.AttemptTimeout.Timeout.ShouldBe(TimeSpan.FromSeconds(10));
        new ResilienceStrategyOptions[]
            {
                options.RateLimiter, options.TotalRequestTimeout, options.Retry, options.CircuitBreaker, options.AttemptTimeout,
            }
            .Select(strategy => strategy.Name)
            .ShouldBe(["Standard-RateLimiter", "Standard-TotalRequestTimeout", "Standard-Retry", "Standard-CircuitBreaker", "Standard-AttemptTimeout"]);
    }

    [Fact]
    public async Task Request_WhenEveryAttemptFails_IsTriedFourTimesAndTheLastResponseReturned()
    {
        var handler = new ScriptedHandler((_, attempt) =>
            new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { ReasonPhrase = $"attempt {attempt}" });
        var delays = new List<TimeSpan>();
        using var client = CreateClient(handler, options => options.Retry.OnRetry = arguments =>
        {
            delays.Add(arguments.RetryDelay);
            return ValueTask.CompletedTask;
        });

        var response = await AdvancingThrough(delays, client.GetAsync(Address, Cancelled));

        response.ReasonPhrase.ShouldBe("attempt 4");
        handler.Received.Count.ShouldBe(4);
        delays.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(200, 1)]
    [InlineData(301, 1)]
    [InlineData(400, 1)]
    [InlineData(404, 1)]
    [InlineData(408, 2)]
    [InlineData(429, 2)]
    [InlineData(500, 2)]
    [InlineData(503, 2)]
    [InlineData(599, 2)]
    public async Task Request_WhenStatusIsTransient_IsRetried(int status, int attempts)
    {
        var handler = new ScriptedHandler((_, _) => new HttpResponseMessage((HttpStatusCode)status));
        using var client = CreateClient(handler, RetryOnce);

        (await client.GetAsync(Address, Cancelled)).StatusCode.ShouldBe((HttpStatusCode)status);

        handler.Received.Count.ShouldBe(attempts);
    }

    public static TheoryData<Type, int> Exceptions => new()
    {
        { typeof(HttpRequestException), 2 },
        { typeof(TimeoutRejectedException), 2 },
        { typeof(ConnectTimeout), 2 },
        { typeof(OperationCanceledException), 1 },
        { typeof(InvalidOperationException), 1 },
    };

    [Theory]
    [MemberData(nameof(Exceptions))]
    public async Task Request_WhenExceptionIsTransient_IsRetried(Type exception, int attempts)
    {
        var handler = new ScriptedHandler((_, _, _) => throw (Exception)Activator.CreateInstance(exception)!);
        using var client = CreateClient(handler, RetryOnce);

        await Should.ThrowAsync<Exception>(() => client.GetAsync(Address, Cancelled));

        handler.Received.Count.ShouldBe(attempts);
    }

    [Theory]
    [InlineData("POST", 2, 1)]
    [InlineData("PUT", 2, 1)]
    [InlineData("PATCH", 2, 1)]
    [InlineData("DELETE", 2, 1)]
    [InlineData("GET", 2, 2)]
    [InlineData("HEAD", 2, 2)]
    public async Task Request_WhenUnsafeMethodsAreDisabled_IsRetriedOnlyIfSafe(string method, int attemptsByDefault, int attemptsWhenDisabled)
    {
        (await AttemptsAsync(method, _ => { })).ShouldBe(attemptsByDefault);
        (await AttemptsAsync(method, options => options.Retry.DisableForUnsafeHttpMethods())).ShouldBe(attemptsWhenDisabled);
    }

    [Fact]
    public async Task Request_WhenItsMethodIsDisabled_IsNotRetried()
    {
        (await AttemptsAsync("GET", options => options.Retry.DisableFor(HttpMethod.Get))).ShouldBe(1);
        (await AttemptsAsync("POST", options => options.Retry.DisableFor(HttpMethod.Get))).ShouldBe(2);
    }

    [Fact]
    public async Task Request_WhenItsMethodIsDisabledAndItThrows_IsNotRetried()
    {
        var handler = new ScriptedHandler((_, _, _) => throw new HttpRequestException());
        using var client = CreateClient(handler, options =>
        {
            RetryOnce(options);
            options.Retry.DisableForUnsafeHttpMethods();
        });

        await Should.ThrowAsync<HttpRequestException>(() => client.PostAsync(Address, content: null, Cancelled));

        handler.Received.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(true, 7)]
    [InlineData(false, 1)]
    public async Task Retry_WhenResponseHasRetryAfter_WaitsAsLongUnlessTurnedOff(bool shouldRetryAfterHeader, int seconds)
    {
        var handler = new ScriptedHandler((_, attempt) => attempt > 1
            ? new HttpResponseMessage(HttpStatusCode.OK)
            : new HttpResponseMessage(HttpStatusCode.TooManyRequests)
            {
                Headers = { RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(7)) },
            });
        var delays = new List<TimeSpan>();
        using var client = CreateClient(handler, options =>
        {
            options.Retry.Delay = TimeSpan.FromSeconds(1);
            options.Retry.UseJitter = false;
            options.Retry.ShouldRetryAfterHeader = shouldRetryAfterHeader;
            options.Retry.OnRetry = arguments =>
            {
                delays.Add(arguments.RetryDelay);
                return ValueTask.CompletedTask;
            };
        });

        (await AdvancingThrough(delays, client.GetAsync(Address, Cancelled))).StatusCode.ShouldBe(HttpStatusCode.OK);

        delays.ShouldBe([TimeSpan.FromSeconds(seconds)]);
    }

    [Fact]
    public async Task Request_WhenAnAttemptTakesTooLong_IsTriedAgain()
    {
        var handler = new ScriptedHandler(async (_, attempt, cancellationToken) =>
        {
            if (attempt == 1)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            }

            return new HttpResponseMessage(HttpStatusCode.OK);
        });
        using var client = CreateClient(handler, options =>
        {
            RetryOnce(options);
            options.AttemptTimeout.Timeout = TimeSpan.FromSeconds(1);
        });

        var response = await AdvancingThrough([TimeSpan.FromSeconds(1)], client.GetAsync(Address, Cancelled));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        handler.Received.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Request_WhenTotalTimeIsOver_ThrowsAndIsNotTriedAgain()
    {
        var handler = new ScriptedHandler(async (_, _, cancellationToken) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return new HttpResponseMessage(HttpStatusCode.OK);
        });
        using var client = CreateClient(handler, options =>
        {
            options.TotalRequestTimeout.Timeout = TimeSpan.FromSeconds(2);
            options.AttemptTimeout.Timeout = TimeSpan.FromSeconds(1.5);
            options.Retry.Delay = TimeSpan.Zero;
        });

        await Should.ThrowAsync<TimeoutRejectedException>(
            () => AdvancingThrough([TimeSpan.FromSeconds(1.5)], client.GetAsync(Address, Cancelled)));

        handler.Received.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Request_WhenCircuitIsOpen_FailsForItsAuthorityAlone()
    {
        var handler = new ScriptedHandler((request, _) =>
            new HttpResponseMessage(request.RequestUri!.Host == "down" ? HttpStatusCode.BadGateway : HttpStatusCode.OK));
        using var client = CreateClient(
            handler,
            options =>
            {
                options.Retry.DisableFor(HttpMethod.Get);
                options.CircuitBreaker.MinimumThroughput = 2;
            },
            builder => builder.SelectPipelineByAuthority());

        await client.GetAsync(new Uri("http://down/"), Cancelled);
        await client.GetAsync(new Uri("http://down/"), Cancelled);

        await Should.ThrowAsync<BrokenCircuitException>(() => client.GetAsync(new Uri("http://down/"), Cancelled));
        (await client.GetAsync(new Uri("http://up/"), Cancelled)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Request_WhenNoPermitIsLeft_IsRejected()
    {
        var release = new TaskCompletionSource<HttpResponseMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        var handler = new ScriptedHandler((_, _, _) => release.Task);
        using var client = CreateClient(handler, options => options.RateLimiter.DefaultRateLimiterOptions.PermitLimit = 1);

        var first = client.GetAsync(Address, Cancelled);
        await Should.ThrowAsync<RateLimiterRejectedException>(() => client.GetAsync(Address, Cancelled));

        release.SetResult(new HttpResponseMessage(HttpStatusCode.OK));
        (await first).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public void Client_WithTheStandardHandler_HasNoTimeoutOfItsOwn()
    {
        using var client = CreateClient(new ScriptedHandler((_, _) => new HttpResponseMessage()), _ => { });

        client.Timeout.ShouldBe(Timeout.InfiniteTimeSpan);
    }

    [Theory]
    [InlineData(10, 30, 30, true)]
    [InlineData(31, 30, 62, false)]
    [InlineData(16, 30, 31, false)]
    [InlineData(15, 30, 30, true)]
    public void Options_WhenTheirTimesContradict_FailAtStart(int attempt, int total, int sampling, bool valid)
    {
        var services = new ServiceCollection();
        services.AddHttpClient("client").AddStandardResilienceHandler(options =>
        {
            options.AttemptTimeout.Timeout = TimeSpan.FromSeconds(attempt);
            options.TotalRequestTimeout.Timeout = TimeSpan.FromSeconds(total);
            options.CircuitBreaker.SamplingDuration = TimeSpan.FromSeconds(sampling);
        });
        var validator = services.BuildServiceProvider().GetRequiredService<IStartupValidator>();

        if (valid)
        {
            validator.Validate();
        }
        else
        {
            Should.Throw<OptionsValidationException>(validator.Validate).OptionsName.ShouldBe("client-standard");
        }
    }

    [Fact]
    public async Task Options_WhenInConfiguration_AreBound()
    {
        var handler = new ScriptedHandler((_, _) => new HttpResponseMessage(HttpStatusCode.InternalServerError));
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Upstream:Retry:MaxRetryAttempts"] = "2",
            ["Upstream:Retry:Delay"] = "00:00:00",
        }).Build();
        var services = new ServiceCollection();
        services.AddHttpClient("client").ConfigurePrimaryHttpMessageHandler(() => handler)
            .AddStandardResilienceHandler(configuration.GetSection("Upstream"));
        using var client = services.BuildServiceProvider().GetRequiredService<IHttpClientFactory>().CreateClient("client");

        await client.GetAsync(Address, Cancelled);

        handler.Received.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Client_WhenHandlersAreRemoved_DoesNotInheritTheDefaults()
    {
        var handler = new ScriptedHandler((_, _) => new HttpResponseMessage(HttpStatusCode.InternalServerError));
        var services = new ServiceCollection();
        services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler(RetryOnce));
        services.AddHttpClient("default").ConfigurePrimaryHttpMessageHandler(() => handler);
        services.AddHttpClient("own").ConfigurePrimaryHttpMessageHandler(() => handler).RemoveAllResilienceHandlers();
        var factory = services.BuildServiceProvider().GetRequiredService<IHttpClientFactory>();
        using var withDefaults = factory.CreateClient("default");
        using var own = factory.CreateClient("own");

        await withDefaults.GetAsync(Address, Cancelled);
        handler.Received.Count.ShouldBe(2);

        await own.GetAsync(Address, Cancelled);
        handler.Received.Count.ShouldBe(3);
    }

    private static void RetryOnce(HttpStandardResilienceOptions options)
    {
        options.Retry.MaxRetryAttempts = 1;
        options.Retry.Delay = TimeSpan.Zero;
    }

    private async Task<int> AttemptsAsync(string method, Action<HttpStandardResilienceOptions> configure)
    {
        var handler = new ScriptedHandler((_, _) => new HttpResponseMessage(HttpStatusCode.InternalServerError));
        using var client = CreateClient(handler, options =>
        {
            RetryOnce(options);
            configure(options);
        });
        using var request = new HttpRequestMessage(new HttpMethod(method), Address);
        await client.SendAsync(request, Cancelled);
        return handler.Received.Count;
    }

    private HttpClient CreateClient(
        ScriptedHandler handler,
        Action<HttpStandardResilienceOptions> configure,
        Action<IHttpStandardResiliencePipelineBuilder>? configurePipeline = null)
    {
        var services = new ServiceCollection().AddSingleton<TimeProvider>(_clock);
        var pipeline = services.AddHttpClient("client")
            .ConfigurePrimaryHttpMessageHandler(() => handler)
            .AddStandardResilienceHandler(configure);
        configurePipeline?.Invoke(pipeline);
        return services.BuildServiceProvider().GetRequiredService<IHttpClientFactory>().CreateClient("client");
    }

    /// <summary>Lets the clock reach each of these waits as soon as somebody waits for it.</summary>
    private async Task<HttpResponseMessage> AdvancingThrough(IReadOnlyCollection<TimeSpan> waits, Task<HttpResponseMessage> call)
    {
        using var over = new CancellationTokenSource();
        var clockwork = Task.Run(
            async () =>
            {
                await foreach (var due in _clock.Started.ReadAllAsync(over.Token))
                {
                    // Task.Delay cuts to whole milliseconds.
                    if (waits.Any(wait => (wait - due).Duration() < TimeSpan.FromMilliseconds(1)))
                    {
                        _clock.Advance(due);
                    }
                }
            },
            over.Token);

        try
        {
            return await call;
        }
        finally
        {
            await over.CancelAsync();
            await clockwork.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    /// <summary>What SocketsHttpHandler throws when its ConnectTimeout is over.</summary>
    public sealed class ConnectTimeout() : OperationCanceledException("The connection timed out.", new TimeoutException())
    {
        public override string? Source { get; set; } = "System.Private.CoreLib";
    }
}
