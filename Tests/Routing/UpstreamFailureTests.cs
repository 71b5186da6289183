using System.Text;
using Gateway.Contracts.Errors;
using RoutingService.Providers;
using RoutingService.Providers.Anthropic;
using RoutingService.Providers.Azure;
using RoutingService.Providers.Bedrock;
using RoutingService.Providers.Gemini;
using RoutingService.Providers.OpenAICompatible;
using Shouldly;
using Xunit;

namespace Tests.Routing;

/// <summary>Whose fault a provider's error is, in every vendor's words, and what the client is told of it.</summary>
public sealed class UpstreamFailureTests
{
    [Theory]
    [InlineData("openai", 400, """{"error":{"message":"This model's maximum context length is 8192 tokens.","type":"invalid_request_error","code":"context_length_exceeded"}}""", UpstreamBlame.ContextWindow)]
    [InlineData("openai", 400, """{"error":{"message":"Your input exceeds the context window of this model.","type":"invalid_request_error"}}""", UpstreamBlame.ContextWindow)]
    [InlineData("openai", 400, """{"error":{"message":"the request exceeds the available context size","type":"exceed_context_size_error"}}""", UpstreamBlame.ContextWindow)]
    [InlineData("openai", 400, """{"error":{"message":"Please reduce the length of the messages or completion."}}""", UpstreamBlame.ContextWindow)]
    [InlineData("anthropic", 400, """{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 200000 maximum"}}""", UpstreamBlame.ContextWindow)]
    [InlineData("anthropic", 400, """{"type":"error","error":{"type":"invalid_request_error","message":"input length and `max_tokens` exceed context limit: 1 + 2 > 2"}}""", UpstreamBlame.ContextWindow)]
    [InlineData("gemini", 400, """{"error":{"code":400,"message":"The input token count (9000) exceeds the maximum number of tokens allowed (8192).","status":"INVALID_ARGUMENT"}}""", UpstreamBlame.ContextWindow)]
    [InlineData("bedrock", 400, """{"__type":"ValidationException","message":"Input is too long for requested model."}""", UpstreamBlame.ContextWindow)]
    [InlineData("bedrock", 400, """{"__type":"ValidationException","message":"Input Tokens Exceeded: 9 > 8"}""", UpstreamBlame.ContextWindow)]
    [InlineData("azure", 400, """{"error":{"message":"This model's maximum context length is 8192 tokens.","code":"context_length_exceeded"}}""", UpstreamBlame.ContextWindow)]
    [InlineData("openai", 400, """{"error":{"message":"Your request was rejected as a result of our safety system.","code":"content_policy_violation"}}""", UpstreamBlame.ContentPolicy)]
    [InlineData("openai", 400, """{"error":{"message":"Invalid prompt: your prompt was flagged as potentially violating our usage policy.","code":"invalid_prompt"}}""", UpstreamBlame.ContentPolicy)]
    [InlineData("anthropic", 400, """{"type":"error","error":{"type":"invalid_request_error","message":"Output blocked by content filtering policy"}}""", UpstreamBlame.ContentPolicy)]
    [InlineData("azure", 400, """{"error":{"code":"content_filter","message":"The response was filtered.","innererror":{"code":"ResponsibleAIPolicyViolation"}}}""", UpstreamBlame.ContentPolicy)]
    [InlineData("bedrock", 400, """{"__type":"ValidationException","message":"Output blocked by content filtering policy"}""", UpstreamBlame.ContentPolicy)]
    [InlineData("openai", 403, """{"error":{"message":"Refused.","code":"content_filter"}}""", UpstreamBlame.ContentPolicy)]
    [InlineData("openai", 429, """{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","code":"insufficient_quota"}}""", UpstreamBlame.Quota)]
    [InlineData("openai", 402, """{"error":{"message":"Insufficient Balance"}}""", UpstreamBlame.Quota)]
    [InlineData("anthropic", 400, """{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API."}}""", UpstreamBlame.Quota)]
    [InlineData("anthropic", 429, """{"type":"error","error":{"type":"rate_limit_error","message":"You have reached your specified API usage limits."}}""", UpstreamBlame.Quota)]
    [InlineData("gemini", 429, """{"error":{"code":429,"message":"You exceeded your current quota.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34s"}]}}""", UpstreamBlame.RateLimited)]
    [InlineData("openai", 429, """{"error":{"message":"Rate limit reached.","code":"rate_limit_exceeded"}}""", UpstreamBlame.RateLimited)]
    [InlineData("bedrock", 429, """{"__type":"ThrottlingException","message":"Too many requests."}""", UpstreamBlame.RateLimited)]
    [InlineData("openai", 401, """{"error":{"message":"Incorrect API key provided: sk-x.","code":"invalid_api_key"}}""", UpstreamBlame.CredentialFault)]
    [InlineData("anthropic", 403, """{"type":"error","error":{"type":"permission_error","message":"Not for this key."}}""", UpstreamBlame.CredentialFault)]
    [InlineData("gemini", 400, """{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}""", UpstreamBlame.CredentialFault)]
    [InlineData("bedrock", 403, """{"__type":"ExpiredTokenException","message":"The security token is expired."}""", UpstreamBlame.CredentialFault)]
    [InlineData("openai", 404, """{"error":{"message":"The model `x` does not exist.","code":"model_not_found"}}""", UpstreamBlame.ModelMissing)]
    [InlineData("openai", 403, """{"error":{"message":"Project does not have access to model x.","code":"model_not_found"}}""", UpstreamBlame.ModelMissing)]
    [InlineData("azure", 404, """{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}""", UpstreamBlame.ModelMissing)]
    [InlineData("bedrock", 403, """{"__type":"AccessDeniedException","message":"You don't have access to the model with the specified model ID."}""", UpstreamBlame.ModelMissing)]
    [InlineData("bedrock", 400, """{"__type":"ValidationException","message":"The provided model identifier is invalid."}""", UpstreamBlame.ModelMissing)]
    [InlineData("openai", 400, """{"error":{"message":"Invalid value for 'temperature'.","code":"invalid_value"}}""", UpstreamBlame.ClientFault)]
    [InlineData("openai", 413, "", UpstreamBlame.ClientFault)]
    [InlineData("openai", 422, "[]", UpstreamBlame.ClientFault)]
    [InlineData("openai", 409, "", UpstreamBlame.Conflict)]
    [InlineData("openai", 408, "", UpstreamBlame.Timeout)]
    [InlineData("openai", 529, "", UpstreamBlame.Overloaded)]
    [InlineData("bedrock", 503, "", UpstreamBlame.Overloaded)]
    [InlineData("openai", 503, "", UpstreamBlame.TargetFault)]
    [InlineData("openai", 500, "<html>", UpstreamBlame.TargetFault)]
    [InlineData("openai", 302, "", UpstreamBlame.TargetFault)]
    [InlineData("openai", 999, "", UpstreamBlame.TargetFault)]
    internal void Blame_OfAnError_IsSaidByItsStatusCodeOrWords(string vendor, int status, string body, UpstreamBlame blame)
    {
        using var response = new HttpResponseMessage();
        var bytes = Encoding.UTF8.GetBytes(body);
        var fault = vendor switch
        {
            "anthropic" => AnthropicErrors.FindFault(bytes),
            "gemini" => GeminiErrors.FindFault(status, bytes),
            "bedrock" => BedrockErrors.FindFault(status, response.Headers, bytes),
            "azure" => AzureErrors.FindFault(bytes),
            _ => OpenAIErrors.FindFault(bytes),
        };

        var failure = UpstreamErrors.FromStatus("p", fault.Status ?? status, fault, fault.RetryAfter, received: status);

        failure.Blame.ShouldBe(blame);
        failure.Status.ShouldBe(status);
        failure.IsAmbiguous.ShouldBeFalse();
        failure.Error.Kind.ShouldBe(blame switch
        {
            UpstreamBlame.ClientFault or UpstreamBlame.ContextWindow or UpstreamBlame.ContentPolicy or UpstreamBlame.Conflict => GatewayErrorKind.UpstreamRejected,
            UpstreamBlame.RateLimited => GatewayErrorKind.UpstreamRateLimited,
            UpstreamBlame.Overloaded => GatewayErrorKind.Unavailable,
            UpstreamBlame.Timeout => GatewayErrorKind.UpstreamTimeout,
            _ => GatewayErrorKind.UpstreamFailed,
        });
    }

    [Theory]
    [InlineData(500, true)]
    [InlineData(502, true)]
    [InlineData(504, true)]
    [InlineData(418, true)]
    [InlineData(503, false)]
    [InlineData(529, false)]
    [InlineData(429, false)]
    [InlineData(400, false)]
    [InlineData(401, false)]
    [InlineData(307, false)]
    public void Cost_OfAFailure_IsPossibleWhereTheProviderWasAtWork(int status, bool mayHaveCost)
        => UpstreamErrors.FromStatus("p", status, UpstreamFault.Unknown, retryAfter: null).MayHaveCost.ShouldBe(mayHaveCost);

    [Fact]
    public void Failure_WhenThereIsATimeToComeBack_IsAnOverload()
    {
        var failure = UpstreamErrors.FromStatus("p", 503, UpstreamFault.Unknown, TimeSpan.FromSeconds(2));

        failure.Blame.ShouldBe(UpstreamBlame.Overloaded);
        failure.RetryAfter.ShouldBe(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void Failure_OfARefusalThatWasNeverSent_IsOfItsPreparation()
    {
        var failure = UpstreamFailure.Of(new GatewayErrorException(GatewayError.BadRequest("lossy_translation", "It cannot be said there.")));

        (failure.Blame, failure.Phase, failure.Status).ShouldBe((UpstreamBlame.ClientFault, UpstreamPhase.Prepare, (int?)null));
    }
}
