using System.Text;
using System.Text.Json;
using RoutingService.Automatic;
using Shouldly;
using Tests.Corpora;
using Xunit;

namespace Tests.Automatic;

public sealed class RoutingExtensionTests
{
    private static readonly RoutingDecision Classified = new()
    {
        ModelReference = "middle",
        Method = RoutingMethods.NvidiaClassifier,
        Query = "Write a \"script\"\n",
        LatencyMs = 1.23456,
        Tier = Tier.Medium,
        Classification = KServeOutputs.PythonScript,
        Thresholds = new ScoreThresholds(0.25m, 0.45m),
    };

    [Fact]
    public void Object_WhenPromptWasClassified_SaysEverything() => Text(RoutingExtension.Write(Classified)).ShouldBe(
        """{"method":"nvidia_classifier","query":"Write a \"script\"\n","routing_latency_ms":1.23,"tier":"medium","complexity_score":0.27822"""
        + ""","task_type":"Code Generation","task_type_2":"NA","task_type_prob":0.767,"creativity":0.0826,"reasoning":0.0632,"domain_knowledge":0.9803"""
        + ""","contextual_knowledge":0.0560,"constraints":0.5578,"few_shots":0,"thresholds":{"medium":0.25,"complex":0.45}}""");

    [Fact]
    public void Object_WhenLengthDecided_SaysWhy()
    {
        var decision = new RoutingDecision
        {
            ModelReference = "small",
            Method = RoutingMethods.FallbackTokenLength,
            Query = "hi",
            Tier = Tier.Simple,
            Tokens = 8,
            TokenThresholds = new TokenThresholds(200, 1000),
            RaisedBy = ["tools"],
            Error = "The classifier cannot be reached.",
        };

        Text(RoutingExtension.Write(decision)).ShouldBe(
            """{"method":"fallback_token_length","query":"hi","routing_latency_ms":0,"tier":"simple","raised_by":["tools"],"estimated_tokens":8"""
            + ""","token_thresholds":{"simple":200,"medium":1000},"error":"The classifier cannot be reached."}""");
    }

    [Fact]
    public void Object_WhenTheClientNamedAModel_SaysSo()
        => Text(RoutingExtension.Write(RoutingDecision.UserSpecified("gpt-x", RouterScenario.Prompt("hi")))).ShouldBe("""{"method":"user_specified","query":"hi"}""");

    [Fact]
    public void Object_WhenALabelWasChosen_NamesIt()
        => Text(RoutingExtension.Write(new RoutingDecision { ModelReference = "x", Method = RoutingMethods.ArgMax, ChosenLabel = "code" }, withQuery: false))
            .ShouldBe("""{"method":"arg_max","routing_latency_ms":0,"label":"code"}""");

    [Fact]
    public void Query_WhenItIsLong_IsCutInWholeCharacters()
    {
        var written = JsonDocument.Parse(RoutingExtension.Write(Classified with { Query = new string('a', 199) + "😀 and more" }));

        written.RootElement.GetProperty("query").GetString().ShouldBe(new string('a', 199));
    }

    [Theory]
    [InlineData("""{"id":"1","choices":[{"a":{}}]}""", """{"id":"1","choices":[{"a":{}}],"routing":R}""")]
    [InlineData("""{}""", """{"routing":R}""")]
    [InlineData("{ \"id\": \"}\" \n}\n ", "{ \"id\": \"}\" \n,\"routing\":R}\n ")]
    [InlineData("""{"routing":{"upstream":1},"id":"1"}""", """{"routing":R,"id":"1"}""")]
    [InlineData("""[1]""", """[1]""")]
    [InlineData("""{"id":""", """{"id":""")]
    [InlineData("", "")]
    public void Splice_WhenAnswerIsAnObject_LeavesAllOtherBytes(string answer, string expected)
        => Text(RoutingExtension.Splice(Encoding.UTF8.GetBytes(answer), Classified)).ShouldBe(
            expected.Replace("R", Text(RoutingExtension.Write(Classified)), StringComparison.Ordinal));

    [Fact]
    public void Splice_WhenAnyTextIsAsked_StaysJson()
    {
        var answer = """{"id":"1"}"""u8.ToArray();
        foreach (var text in CorpusLibrary.NaughtyStrings().Append("\ud800 half").Append("half \udc00"))
        {
            var spliced = RoutingExtension.Splice(answer, Classified with { Query = text });

            JsonDocument.Parse(spliced).RootElement.GetProperty("routing").GetProperty("method").GetString().ShouldBe("nvidia_classifier");
        }
    }

    [Fact]
    public void Splice_WhenAnswerIsHostile_PassesItOn()
    {
        foreach (var (name, bytes) in CorpusLibrary.JsonFiles())
        {
            Should.NotThrow(() => RoutingExtension.Splice(bytes, Classified), name);
        }
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
