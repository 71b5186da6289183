using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Edge.Errors;
using Gateway.Edge.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Edge;

public sealed class ErrorFormatTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Kind, upstream status, status and type for Chat and Responses, status and type for Messages.</summary>
    public static TheoryData<GatewayErrorKind, int?, int, string, int, string> Table { get; } = new()
    {
        { GatewayErrorKind.BadRequest, null, 400, "invalid_request_error", 400, "invalid_request_error" },
        { GatewayErrorKind.InvalidKey, null, 401, "authentication_error", 401, "authentication_error" },
        { GatewayErrorKind.BudgetExceeded, null, 429, "insufficient_quota", 402, "billing_error" },
        { GatewayErrorKind.NotAllowed, null, 403, "invalid_request_error", 403, "permission_error" },
        { GatewayErrorKind.NotFound, null, 404, "invalid_request_error", 404, "not_found_error" },
        { GatewayErrorKind.MethodNotAllowed, null, 405, "invalid_request_error", 405, "invalid_request_error" },
        { GatewayErrorKind.UnsupportedMediaType, null, 415, "invalid_request_error", 415, "invalid_request_error" },
        { GatewayErrorKind.RequestTimeout, null, 408, "invalid_request_error", 408, "invalid_request_error" },
        { GatewayErrorKind.RequestTooLarge, null, 413, "invalid_request_error", 413, "request_too_large" },
        { GatewayErrorKind.RateLimited, null, 429, "rate_limit_error", 429, "rate_limit_error" },
        { GatewayErrorKind.UpstreamRateLimited, 429, 429, "rate_limit_error", 429, "rate_limit_error" },
        { GatewayErrorKind.Internal, null, 500, "server_error", 500, "api_error" },
        { GatewayErrorKind.UpstreamFailed, 503, 502, "server_error", 502, "api_error" },
        { GatewayErrorKind.Unavailable, null, 503, "server_error", 529, "overloaded_error" },
        { GatewayErrorKind.UpstreamTimeout, null, 504, "server_error", 504, "timeout_error" },
        { GatewayErrorKind.UpstreamRejected, 400, 400, "invalid_request_error", 400, "invalid_request_error" },
        { GatewayErrorKind.UpstreamRejected, 409, 409, "invalid_request_error", 409, "invalid_request_error" },
        { GatewayErrorKind.UpstreamRejected, 413, 413, "invalid_request_error", 413, "invalid_request_error" },
        { GatewayErrorKind.UpstreamRejected, 422, 422, "invalid_request_error", 400, "invalid_request_error" },
    };

    [Fact]
    public void Table_Always_HasEveryKind()
        => Table.Select(row => row.Data.Item1).Distinct().Order().ShouldBe(Enum.GetValues<GatewayErrorKind>().Except([GatewayErrorKind.ClientLeft]).Order());

    [Theory]
    [MemberData(nameof(Table))]
    public async Task Error_WhenThrown_IsAnsweredInTheClientsFormat(
        GatewayErrorKind kind, int? upstream, int status, string type, int messagesStatus, string messagesType)
    {
        var error = new GatewayError(kind, "a_code", "A \"message\".") { Param = "a.param", UpstreamStatus = upstream };
        await using var app = await StartAsync(_ => throw new GatewayErrorException(error));

        using var chat = await app.Client.PostAsync("/v1/chat/completions", content: null, Cancelled);
        using var responses = await app.Client.PostAsync("/v1/responses", content: null, Cancelled);
        using var messages = await app.Client.PostAsync("/v1/messages", content: null, Cancelled);

        foreach (var response in new[] { chat, responses })
        {
            ((int)response.StatusCode).ShouldBe(status);
            var body = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancelled))!["error"]!;
            body["type"]!.GetValue<string>().ShouldBe(type);
            body["code"]!.GetValue<string>().ShouldBe("a_code");
            body["message"]!.GetValue<string>().ShouldBe("A \"message\".");
            body["param"]!.GetValue<string>().ShouldBe("a.param");
        }

        ((int)messages.StatusCode).ShouldBe(messagesStatus);
        var messagesBody = JsonNode.Parse(await messages.Content.ReadAsStringAsync(Cancelled))!;
        messagesBody["type"]!.GetValue<string>().ShouldBe("error");
        messagesBody["error"]!["type"]!.GetValue<string>().ShouldBe(messagesType);
        messagesBody["error"]!["message"]!.GetValue<string>().ShouldBe("A \"message\".");
        messagesBody["request_id"]!.GetValue<string>().ShouldBe(messages.Headers.GetValues("request-id").Single());
        messages.Headers.GetValues("x-request-id").Single().ShouldStartWith("req_");
        messages.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
    }

    [Theory]
    [InlineData(1500, "2", "1500")]
    [InlineData(0.4, "1", "1")]
    [InlineData(60_000, "60", "60000")]
    public async Task Headers_WhenAnotherTryCanSucceed_SayWhen(double milliseconds, string seconds, string rounded)
    {
        var error = new GatewayError(GatewayErrorKind.RateLimited, "c", "m") { RetryAfter = TimeSpan.FromMilliseconds(milliseconds), ShouldRetry = true };
        await using var app = await StartAsync(_ => throw new GatewayErrorException(error));

        using var response = await app.Client.GetAsync("/v1/x", Cancelled);

        response.Headers.GetValues("retry-after").Single().ShouldBe(seconds);
        response.Headers.GetValues("retry-after-ms").Single().ShouldBe(rounded);
        response.Headers.GetValues("x-should-retry").Single().ShouldBe("true");
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound, "not_found")]
    [InlineData(HttpStatusCode.MethodNotAllowed, "method_not_allowed")]
    [InlineData(HttpStatusCode.RequestEntityTooLarge, "request_too_large")]
    [InlineData(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type")]
    [InlineData(HttpStatusCode.BadRequest, "bad_request")]
    [InlineData(HttpStatusCode.InternalServerError, "internal_error")]
    public async Task Status_WhenTheFrameworkAnswersBare_GetsABody(HttpStatusCode status, string code)
    {
        await using var app = await StartAsync(context =>
        {
            context.Response.StatusCode = (int)status;
            return Task.CompletedTask;
        });

        using var response = await app.Client.GetAsync("/v1/x", Cancelled);

        response.StatusCode.ShouldBe(status);
        JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancelled))!["error"]!["code"]!.GetValue<string>().ShouldBe(code);
    }

    [Fact]
    public async Task Fault_WhenOurOwnCodeThrows_TellsTheClientNothingOfIt()
    {
        await using var app = await StartAsync(_ => throw new InvalidOperationException("secret detail"));

        using var response = await app.Client.GetAsync("/v1/x", Cancelled);

        response.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        response.Headers.GetValues("x-should-retry").Single().ShouldBe("false");
        (await response.Content.ReadAsStringAsync(Cancelled)).ShouldNotContain("secret");
    }

    [Theory]
    [InlineData(ClientFormat.Chat, "data: {\"error\":{\"message\":\"m\\n\",\"type\":\"server_error\",\"param\":null,\"code\":\"c\"}}\n\n")]
    [InlineData(ClientFormat.Messages, "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"m\\n\"},\"request_id\":\"req_1\"}\n\n")]
    public void Event_WhenAStreamBreaksOff_IsOneEventOfTheFormat(ClientFormat format, string expected)
    {
        var output = new ArrayBufferWriter<byte>();

        GatewayErrorWriter.WriteEvent(output, format, new GatewayError(GatewayErrorKind.UpstreamFailed, "c", "m\n"), "req_1");

        Encoding.UTF8.GetString(output.WrittenSpan).ShouldBe(expected);
    }

    private static Task<LoopbackApp> StartAsync(RequestDelegate handler) => LoopbackApp.StartAsync(_ => { }, app =>
    {
        app.UseRequestIds();
        app.UseErrorBodies();
        app.Run(handler);
    });
}
