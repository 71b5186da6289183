using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using RoutingService.Providers.Bedrock;
using RoutingService.Secrets;
using RoutingService.Snapshots;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Providers;

/// <summary>The signer against every vector: AWS's own suites in the header and in the address, Bedrock's paths, OpenAI's cases.</summary>
public sealed class SigV4Tests
{
    private static readonly string? Folder = Repository.Specs is { } specs ? Path.Combine(specs, "sigv4") : null;

    public static IEnumerable<TheoryDataRow<string>> AwsCases() => Rows("aws-c-auth-v4", "context.json");

    public static IEnumerable<TheoryDataRow<string>> BotocoreCases() => Rows("botocore-aws4_testsuite", "*.req");

    [Fact]
    public void Suites_HaveAllTheirCases()
    {
        RequireSpecs();

        AwsCases().Count().ShouldBe(38);
        BotocoreCases().Count().ShouldBe(34);
    }

    [Theory, MemberData(nameof(AwsCases))]
    public void Sign_WhenOfAwsSuite_IsTheirs(string name)
    {
        var vector = AwsVector.Read(name);
        var headers = new List<(string, string)>(vector.Request.Headers) { ("X-Amz-Date", vector.Date) };
        if (vector.SignsBody)
        {
            headers.Add(("x-amz-content-sha256", vector.Request.PayloadHash));
        }

        if (vector.Keys.SessionToken is { } token && vector.SignsToken)
        {
            headers.Add(("X-Amz-Security-Token", token));
        }

        var signed = SigV4.Sign(vector.Request with { Headers = headers }, vector.Keys, vector.Region, vector.Service, vector.Date);

        signed.CanonicalRequest.ShouldBe(vector.Text("header-canonical-request.txt"));
        signed.StringToSign.ShouldBe(vector.Text("header-string-to-sign.txt"));
        signed.Authorization.ShouldEndWith($"Signature={vector.Text("header-signature.txt")}");
        vector.Text("header-signed-request.txt").ShouldContain($"Authorization:{signed.Authorization}");
    }

    [Theory, MemberData(nameof(AwsCases))]
    public void Presign_WhenOfAwsSuite_IsTheirs(string name)
    {
        var vector = AwsVector.Read(name);

        var signed = SigV4.Presign(vector.Request, vector.Keys, vector.Region, vector.Service, vector.Date, vector.Lifetime, vector.SignsToken);

        signed.CanonicalRequest.ShouldBe(vector.Text("query-canonical-request.txt"));
        signed.StringToSign.ShouldBe(vector.Text("query-string-to-sign.txt"));
        signed.Signature.ShouldBe(vector.Text("query-signature.txt"));
        vector.Text("query-signed-request.txt").ShouldStartWith($"{vector.Request.Method} {vector.Request.Path}?{signed.Query} HTTP/1.1\n");
    }

    [Theory, MemberData(nameof(BotocoreCases))]
    public void Sign_WhenOfBotocoreSuite_IsTheirs(string path)
    {
        var file = Path.Combine(Folder!, "botocore-aws4_testsuite", path);
        var request = Parse(File.ReadAllText(file));
        if (path.Contains("with-session-token", StringComparison.Ordinal))
        {
            // Of the suite's own code: it is in no file but the results.
            request = request with { Headers = [.. request.Headers, ("x-amz-security-token", "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267")] };
        }

        var signed = SigV4.Sign(
            request, new AwsKeys("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), "us-east-1", "service", "20150830T123600Z");

        signed.CanonicalRequest.ShouldBe(Text(".creq"));
        signed.StringToSign.ShouldBe(Text(".sts"));
        signed.Authorization.ShouldBe(Text(".authz"));

        string Text(string extension) => File.ReadAllText(Path.ChangeExtension(file, extension)).ReplaceLineEndings("\n").TrimEnd('\n');
    }

    [Fact]
    public void Sign_WhenOfBedrocksPaths_IsTheirs()
    {
        RequireSpecs();
        var cases = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder!, "bedrock-paths", "vectors.json")))!["cases"]!.AsArray();
        cases.Count.ShouldBe(28);
        foreach (var vector in cases)
        {
            var (request, credentials, expected) = (vector!["request"]!, vector["credentials"]!, vector["expected"]!);
            var body = Encoding.UTF8.GetBytes(request["body"]!.GetValue<string>());
            var date = vector["signing_date"]!.GetValue<string>();
            List<(string, string)> headers =
            [
                ("host", request["host"]!.GetValue<string>()),
                ("content-type", request["content_type"]!.GetValue<string>()),
                ("x-amz-date", date),
                ("x-amz-content-sha256", SigV4.HashOf(body)),
            ];
            if (credentials["sessionToken"] is { } token)
            {
                headers.Add(("x-amz-security-token", token.GetValue<string>()));
            }

            var toSign = new SigV4Request(request["method"]!.GetValue<string>(), request["raw_path"]!.GetValue<string>(), "", headers, SigV4.HashOf(body));
            var keys = new AwsKeys(credentials["accessKeyId"]!.GetValue<string>(), credentials["secretAccessKey"]!.GetValue<string>());

            var signed = SigV4.Sign(toSign, keys, vector["region"]!.GetValue<string>(), vector["service"]!.GetValue<string>(), date);

            signed.CanonicalRequest.ShouldBe(expected["canonical_request"]!.GetValue<string>());
            signed.Authorization.ShouldBe(expected["headers"]!["authorization"]!.GetValue<string>());
        }
    }

    [Fact]
    public void Sign_WhenOfOpenAIsVector_IsTheirs()
    {
        RequireSpecs();
        var vector = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder!, "openai-python-bedrock-mantle-sigv4.json")))!;
        var (request, credentials, expected) = (vector["request"]!, vector["credentials"]!, vector["expected"]!);
        var uri = new Uri(request["url"]!.GetValue<string>());
        var hash = SigV4.HashOf(Encoding.UTF8.GetBytes(request["body"]!.GetValue<string>()));
        var date = SigV4.DateOf(DateTimeOffset.Parse(vector["signingDate"]!.GetValue<string>(), CultureInfo.InvariantCulture));
        var token = credentials["sessionToken"]!.GetValue<string>();
        var toSign = new SigV4Request("POST", uri.AbsolutePath, "", [
            ("host", uri.Authority), ("content-type", "application/json"), ("x-amz-date", date), ("x-amz-content-sha256", hash), ("x-amz-security-token", token)], hash);

        hash.ShouldBe(expected["payloadHash"]!.GetValue<string>());
        var signed = SigV4.Sign(toSign, new AwsKeys(credentials["accessKeyId"]!.GetValue<string>(), credentials["secretAccessKey"]!.GetValue<string>(), token),
            "us-east-1", "bedrock-mantle", date);

        SigV4.HashOf(Encoding.UTF8.GetBytes(signed.CanonicalRequest)).ShouldBe(expected["canonicalRequestHash"]!.GetValue<string>());
        signed.Authorization.ShouldBe(expected["authorization"]!.GetValue<string>());
    }

    [Fact]
    public void Sign_WhenOfOpenAIsCases_IsTheirs()
    {
        RequireSpecs();
        var cases = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder!, "openai-python-bedrock-auth-cases.json")))!["cases"]!.AsArray()
            .Where(entry => entry!["kind"]!.GetValue<string>() == "sigv4").ToList();
        cases.Count.ShouldBe(2);
        foreach (var entry in cases)
        {
            var (given, expected) = (entry!["given"]!, entry["expected"]!);
            var (request, signing, credentials) = (given["request"]!, given["signing"]!, given["credentials"]!);
            var hash = SigV4.HashOf(Convert.FromBase64String(request["body_base64"]!.GetValue<string>()));
            var date = SigV4.DateOf(DateTimeOffset.Parse(signing["timestamp"]!.GetValue<string>(), CultureInfo.InvariantCulture));
            var token = credentials["session_token"]?.GetValue<string>();
            List<(string, string)> headers = [.. request["headers"]!.AsObject().Select(header => (header.Key, header.Value!.GetValue<string>())),
                ("x-amz-date", date), ("x-amz-content-sha256", hash)];
            if (token is not null)
            {
                headers.Add(("x-amz-security-token", token));
            }

            var toSign = new SigV4Request(
                request["method"]!.GetValue<string>(), new Uri(request["url"]!.GetValue<string>()).AbsolutePath, "", headers, hash);
            var keys = new AwsKeys(credentials["access_key_id"]!.GetValue<string>(), credentials["secret_access_key"]!.GetValue<string>(), token);

            var signed = SigV4.Sign(toSign, keys, signing["region"]!.GetValue<string>(), signing["service"]!.GetValue<string>(), date);

            hash.ShouldBe(expected["payload_sha256"]!.GetValue<string>());
            SigV4.HashOf(Encoding.UTF8.GetBytes(signed.CanonicalRequest)).ShouldBe(expected["canonical_request_sha256"]!.GetValue<string>());
            signed.Authorization.ShouldBe(expected["headers"]!["authorization"]!.GetValue<string>());
        }
    }

    [Fact]
    public void Credential_WhenChosen_FollowsTheRecordedOrder()
    {
        RequireSpecs();
        var cases = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder!, "openai-python-bedrock-auth-cases.json")))!["cases"]!.AsArray()
            .Where(entry => entry!["kind"]!.GetValue<string>() == "auth_selection" && entry["expected"]!["auth_mode"] is not null).ToList();
        cases.Count.ShouldBeGreaterThan(3);
        foreach (var entry in cases)
        {
            var explicitly = entry!["given"]!["explicit"]!;
            var environment = entry["given"]!["environment"]!["AWS_BEARER_TOKEN_BEDROCK"]?.GetValue<string>();
            var settings = new Dictionary<string, string>();
            var key = explicitly["bearer"]?.GetValue<string>();
            if (explicitly["aws"] is { } aws)
            {
                (settings["access_key_id"], key) = (aws["access_key_id"]!.GetValue<string>(), aws["secret_access_key"]!.GetValue<string>());
            }

            if (explicitly["profile"] is { } profile)
            {
                settings["profile"] = profile.GetValue<string>();
            }

            var provider = new ProviderTarget("p", null!, null, false, key is null ? null : new ProviderCredential(key)) { Settings = settings };

            var mode = BedrockAuth.Choose(provider, environment) is BearerSource ? "bearer" : "sigv4";

            mode.ShouldBe(entry["expected"]!["auth_mode"]!.GetValue<string>(), entry["id"]!.GetValue<string>());
        }
    }

    private static void RequireSpecs() => Assert.SkipWhen(Folder is null, "the specs are not here: set GATEWAY_SPECS to their folder, or put them in ../shared/specs");

    private static IEnumerable<TheoryDataRow<string>> Rows(string suite, string pattern)
    {
        if (Folder is null)
        {
            return [new TheoryDataRow<string>(suite) { Skip = "The specs are not here." }];
        }

        var root = Path.Combine(Folder, suite);
        return Directory.EnumerateFiles(root, pattern, SearchOption.AllDirectories)
            .Select(file => pattern == "context.json" ? Path.GetFileName(Path.GetDirectoryName(file)!) : Path.GetRelativePath(root, file))
            .Order(StringComparer.Ordinal)
            .Select(name => new TheoryDataRow<string>(name));
    }

    private static SigV4Request Parse(string text)
    {
        text = text.ReplaceLineEndings("\n");
        var end = text.IndexOf("\n\n", StringComparison.Ordinal);
        var body = Encoding.UTF8.GetBytes(end < 0 ? "" : text[(end + 2)..]);
        var lines = (end < 0 ? text : text[..end]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var first = lines[0];
        var target = first[(first.IndexOf(' ', StringComparison.Ordinal) + 1)..first.LastIndexOf(' ')];
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var headers = new List<(string Name, string Value)>();
        foreach (var line in lines[1..])
        {
            if (char.IsWhiteSpace(line[0]))
            {
                headers[^1] = (headers[^1].Name, $"{headers[^1].Value}\n{line}");
            }
            else
            {
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                headers.Add((line[..colon], line[(colon + 1)..]));
            }
        }

        return new SigV4Request(
            first[..first.IndexOf(' ', StringComparison.Ordinal)],
            query < 0 ? target : target[..query],
            query < 0 ? "" : target[(query + 1)..],
            headers,
            SigV4.HashOf(body));
    }

    /// <summary>A case of AWS's suite: the request, and how it is to be signed.</summary>
    private sealed record AwsVector(string Folder, SigV4Request Request, JsonNode Context)
    {
        public AwsKeys Keys => new(
            Context["credentials"]!["access_key_id"]!.GetValue<string>(),
            Context["credentials"]!["secret_access_key"]!.GetValue<string>(),
            Context["credentials"]!["token"]?.GetValue<string>());

        public string Region => Context["region"]!.GetValue<string>();

        public string Service => Context["service"]!.GetValue<string>();

        public string Date => SigV4.DateOf(DateTimeOffset.Parse(Context["timestamp"]!.GetValue<string>(), CultureInfo.InvariantCulture));

        public TimeSpan Lifetime => TimeSpan.FromSeconds(Context["expiration_in_seconds"]!.GetValue<int>());

        public bool SignsBody => Context["sign_body"]?.GetValue<bool>() == true;

        public bool SignsToken => Context["omit_session_token"]?.GetValue<bool>() != true;

        public static AwsVector Read(string name)
        {
            var folder = Path.Combine(SigV4Tests.Folder!, "aws-c-auth-v4", name);
            var context = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "context.json")))!;
            var request = Parse(File.ReadAllText(Path.Combine(folder, "request.txt")));
            return new(folder, request with { NormalizesPath = context["normalize"]!.GetValue<bool>() }, context);
        }

        public string Text(string file) => File.ReadAllText(Path.Combine(Folder, file)).ReplaceLineEndings("\n").TrimEnd('\n');
    }
}
