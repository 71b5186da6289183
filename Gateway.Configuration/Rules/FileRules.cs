using static Gateway.Configuration.Rules.Field;

namespace Gateway.Configuration.Rules;

/// <summary>All that may stand in a file. Names and meanings are those of the admin API; what has a name is named by its place in the file.</summary>
internal static class FileRules
{
    public const string Providers = "providers";
    public const string Deployments = "deployments";
    public const string Models = "models";
    public const string Projects = "projects";
    public const string Keys = "keys";
    public const string Prices = "prices";
    public const string Telemetry = "telemetry";
    public const string Classifier = "classifier";
    public const string Credentials = "credentials";

    public static IReadOnlyList<string> ProviderTypes { get; } =
    [
        "anthropic", "azure", "bedrock", "cerebras", "deepinfra", "deepseek", "gemini", "groq", "mistral", "ollama", "openai", "openai_compatible",
        "openrouter", "simulated", "together", "vertex", "vllm", "xai",
    ];

    private const int MaxReferenceLength = 2000;

    private static FieldRule Enabled { get; } = Flag("enabled", "Off: it takes no part.", otherwise: true);

    public static IReadOnlyList<FieldRule> Provider { get; } =
    [
        Choice("type", "The protocol that it speaks.", ProviderTypes).Required(),
        Text("base_url", "Its address, where it is not that of the type. https, or http where 'local' is true."),
        Secret("api_key", "Its first credential, by a reference."),
        Flag("local", "Its address may be private: a model server of one's own.", otherwise: false),
        Enabled,
        Of(FieldKind.TextMap, "settings", "What its type wants to know beside address and key."),
        Limit("rpm_limit", "Requests in a minute, of all its models together.", min: 0),
        Limit("tpm_limit", "Tokens in a minute, of all its models together.", min: 0),
        Count("max_parallel", "Requests at the same time. Without it there is no limit.", 0, 1_000_000),
        Of(
            FieldKind.Named,
            Credentials,
            "Further credentials, by name, used beside the first one.",
            Secret("api_key", "The credential, by a reference.").Required(),
            Number("weight", "Its share of the calls.", 0, 1_000_000).Else(1m),
            Enabled) with { IsOwn = true },
    ];

    public static IReadOnlyList<FieldRule> Deployment { get; } =
    [
        Text("model_name", "What clients ask for. Several deployments may serve one name.", 200).Required(),
        Text("provider", "The name of a provider.", 64).Required(),
        Text("model", "As the provider calls it.", 200).Required(),
        Enabled,
        Number("weight", "Its share of the calls.", 0, 1_000_000).Else(1m),
        Count("priority", "The lowest is asked first.", -1000, 1000).Else(0),
        Limit("rpm_limit", "Requests in a minute.", min: 0),
        Limit("tpm_limit", "Tokens in a minute.", min: 0),
        Count("max_parallel", "Requests at the same time. Without it there is no limit.", 0, 1_000_000),
        Texts("tags", "Calls with these tags may go here."),
        Text("region", "Where it runs, for prices that differ by region.", 64),
        Number("headers_seconds", "Until the head of an answer.", 0.1m, 3600),
        Number("first_event_seconds", "Until the first event of a stream.", 0.1m, 3600),
        Number("idle_seconds", "Between two events.", 0.1m, 3600),
        Number("total_seconds", "For all of an answer.", 0.1m, 3600),
        Usd("input_cost_per_million", "Dollars for a million tokens, where it is not the price book's; both prices, or none."),
        Usd("output_cost_per_million", "Dollars for a million tokens, where it is not the price book's; both prices, or none."),
    ];

    public static IReadOnlyList<FieldRule> Model { get; } =
    [
        Choice("routing_type", "How it finds its target.", "simple", "load_balance", "fallback", "auto").Else("simple"),
        Text("provider", "The name of a provider. Without one, 'model' is another name of the gateway's.", 200),
        Text("model", "As the provider calls it.", 200),
        Enabled,
        Of(FieldKind.Object, "routing_config", "What the routing type needs, and how far a call may go when targets fail.", RoutingConfig),
    ];

    public static IReadOnlyList<FieldRule> Project { get; } = [.. Account, .. ProjectContent];

    public static IReadOnlyList<FieldRule> Key { get; } =
    [
        Text("project", "The name of a project.", 100) with { IsOwn = true },
        Secret("key", "The key itself, by a reference. Or 'hash'."),
        Text("hash", "'sha256:' and the SHA-256 of the key, or a hash of an export. Or 'key'.", 100) with { IsOwn = true },
        Text("key_prefix", "What lists show of a key that is known by its hash.", 20) with { IsOwn = true },
        .. Account,
        Time("expires_at", "From then on it opens nothing."),
        Limit("rpd_limit", "Requests in a day."),
        Limit("tpd_limit", "Tokens in a day."),
        Texts("allowed_models", "Names of models, exact or the start of names before a trailing '*'. Without it, all."),
        Texts("denied_models", "Names of models, exact or the start of names before a trailing '*'."),
        Texts("allowed_endpoints", "Without it, all.", "chat", "responses", "messages", "embeddings"),
        Count("max_tokens_per_request", "Of input and output together.", 1, 1_000_000_000),
        Count("default_reserve_tokens", "What a call without an output cap reserves for its output.", 1, 1_000_000_000),
        Choice("unpriced_policy", "What is done with calls to models without a price.", "mark", "refuse", "ceiling"),
        Of(FieldKind.Objects, "model_limits", "Limits for some models, beside those for all.", ModelLimit),
        Of(
            FieldKind.Object,
            "budget_override",
            "Another budget until a date.",
            Usd("amount", "Dollars.").Required(),
            Time("until", "From then on the budget is itself again.").Required()),
    ];

    public static IReadOnlyList<FieldRule> Price { get; } =
    [
        Text("provider", "The name of a provider. Or 'provider_type'.", 64),
        Text("provider_type", "The type of providers. Or 'provider'.", 64),
        Of(FieldKind.Match, "model", "The name of a model, or one of equals, starts_with, ends_with, contains, regex, or, and.").Required(),
        Text("service_tier", "standard, batch, flex, priority, or * for all.", 40).Else("standard"),
        Text("region", "Of the deployments that it is for. Without it, all.", 100),
        Time("effective_from", "Since when; without it, since it was applied first."),
        Time("effective_to", "Until when; without it, for good."),
        Of(FieldKind.Objects, "prices", "Dollars for a million tokens, by length of input.", PriceBand).Required(),
        Text("source", "Where it comes from.", 500),
        Text("source_date", "Of when that is.", 40),
        Text("note", "For people.", 500),
    ];

    public static IReadOnlyList<FieldRule> TelemetryFields { get; } =
    [
        Text("otlp_endpoint", "Where traces, metrics and logs go.").As("OTEL_EXPORTER_OTLP_ENDPOINT"),
        Secret("otlp_headers", "Headers of the export, by a reference.").As("OTEL_EXPORTER_OTLP_HEADERS"),
        Choice("otlp_protocol", "How they go there.", "grpc", "http/protobuf").As("OTEL_EXPORTER_OTLP_PROTOCOL"),
        Count("traces_per_second", "So many requests a second are traced, of those whose caller has not said whether they are to be.", 0, 1_000_000)
            .As("Telemetry:TracesPerSecond"),
        Of(
            FieldKind.Object,
            "metrics",
            "What /metrics shows, and to whom.",
            (Flag("enabled", "Whether anything is measured for it.", otherwise: true) with { Default = null }).As("Metrics:Enabled"),
            Secret("token", "What a scraper sends, by a reference.").As("Metrics:Token"),
            (Flag("loopback", "Programs on the same machine need no token.", otherwise: false) with { Default = null }).As("Metrics:Loopback")),
    ];

    public static IReadOnlyList<FieldRule> ClassifierFields { get; } =
    [
        Text("url", "Address of a server of the KServe v2 protocol, such as Triton.").As("Routing:Classifier:Url"),
        Text("model", "The model there.", 200).As("Routing:Classifier:Model"),
        Text("input_name", "What the model calls its input.", 200).As("Routing:Classifier:InputName"),
        Count("timeout_ms", "What a call may wait for it.", 1, 10_000).As("Routing:Classifier:TimeoutMs"),
        Count("max_concurrency", "Calls to the server at the same time.", 1, 1024).As("Routing:Classifier:MaxConcurrency"),
        Count("max_text_bytes", "Text beyond it is not sent.", 256, 1024 * 1024).As("Routing:Classifier:MaxTextBytes"),
        Count("cache_entries", "Answers that are kept.", 0, 1_000_000).As("Routing:Classifier:CacheEntries"),
        Count("cache_minutes", "How long they are kept.", 1, 1440).As("Routing:Classifier:CacheMinutes"),
        Count("failures_to_rest", "Failures in a row after which the server is left alone.", 1, 1000).As("Routing:Classifier:FailuresToRest"),
        Count("rest_seconds", "How long it is left alone.", 1, 3600).As("Routing:Classifier:RestSeconds"),
        Choice("fallback", "What decides when the server has not.", "token_length", "heuristic").As("Routing:Classifier:Fallback"),
        (Flag("english_only", "The model knows English alone.", otherwise: true) with { Default = null }).As("Routing:Classifier:EnglishOnly"),
        Of(FieldKind.TextsMap, "labels", "The labels of a model's outputs, in their order, by the model's name.").As("Routing:Classifier:Labels"),
        Choice("extension", "Which answers tell of the choice.", "automatic", "always", "never").As("Routing:Classifier:Extension"),
        Count("conversation_entries", "Conversations whose tier is remembered.", 2, 1_000_000).As("Routing:Classifier:ConversationEntries"),
        Count("conversation_minutes", "How long it is.", 1, 10_080).As("Routing:Classifier:ConversationMinutes"),
    ];

    /// <summary>In the order in which an export writes them.</summary>
    public static IReadOnlyList<FieldRule> Sections { get; } =
    [
        Count("version", "Of this form of file.", 1, 1),
        Of(FieldKind.Named, Providers, "Services that run models, by name: the part before the slash of a direct reference.", Provider),
        Of(FieldKind.Named, Deployments, "Models of providers that serve a model name, by a name of their own.", Deployment),
        Of(FieldKind.Named, Models, "Model names of the gateway's own, and where they lead.", Model),
        Of(FieldKind.Named, Projects, "Keys that belong together, by name, with limits and a budget for all of them.", Project),
        Of(FieldKind.Named, Keys, "What clients call with, by name: by hash or by reference, never the key itself.", Key),
        Of(FieldKind.Objects, Prices, "Prices that are not those of the price book.", Price),
        Of(FieldKind.Object, Telemetry, "Settings of the processes, read when they start.", TelemetryFields),
        Of(FieldKind.Object, Classifier, "Settings of the processes, read when they start: what classifies prompts for automatic models.", ClassifierFields),
    ];

    private static FieldRule[] Account =>
    [
        Text("description", "For people."),
        Texts("tags", "For people."),
        Enabled,
        Limit("rpm_limit", "Requests in a minute."),
        Limit("tpm_limit", "Tokens in a minute."),
        Limit("max_parallel", "Requests at the same time."),
        Usd("budget_limit", "Dollars, of a period or for life."),
        Choice("budget_period", "Without one, the budget is for life.", "daily", "weekly", "monthly"),
        Count("soft_budget_percent", "The share of the budget at which 'webhook_url' is told.", 1, 100),
        Text("webhook_url", "Who is told."),
    ];

    private static FieldRule[] ProjectContent =>
    [
        Flag("content_logging", "What its clients say, and what they are answered, is kept.", otherwise: false),
        Count("content_retention_days", "For how long.", 1, 365).Else(30),
        Texts("redaction", "Rules for what is taken out of it. Without it, all that are built in."),
    ];

    private static FieldRule[] ModelLimit =>
    [
        Text("model", "A name, or the start of names before a trailing '*'.", 200).Required(),
        Limit("rpm_limit", "Requests in a minute."),
        Limit("tpm_limit", "Tokens in a minute."),
        Limit("rpd_limit", "Requests in a day."),
        Limit("tpd_limit", "Tokens in a day."),
        Limit("max_parallel", "Requests at the same time."),
        Usd("budget_limit", "Dollars, of a period or for life."),
        Choice("budget_period", "Without one, the budget is for life.", "daily", "weekly", "monthly"),
    ];

    private static FieldRule[] PriceBand =>
    [
        Count("above_input_tokens", "For requests that are longer.", 0, 1_000_000_000),
        Usd("input", "").Required(),
        Usd("cache_read", ""),
        Usd("cache_write_5m", ""),
        Usd("cache_write_1h", ""),
        Usd("audio_input", ""),
        Usd("image_input", ""),
        Usd("output", ""),
        Usd("reasoning", ""),
        Usd("audio_output", ""),
    ];

    private static FieldRule[] RouteEntry =>
    [
        Text("provider", "The name of a provider.", 64).Required(),
        Text("model", "As the provider calls it; without it, the alias' own.", 200),
        Number("weight", "Its share of the calls.", 0, 1_000_000),
        Count("priority", "The lowest is asked first.", -1000, 1000),
    ];

    private static FieldRule[] RoutingConfig =>
    [
        Of(FieldKind.Objects, "providers", "Of load_balance: the targets.", RouteEntry),
        Of(FieldKind.Object, "primary", "Of fallback: who is asked first.", RouteEntry),
        Of(FieldKind.Objects, "fallback", "Of fallback: who is asked then.", RouteEntry),
        Text("strategy", "How one of several targets is chosen.", 40),
        Of(
            FieldKind.Object,
            "fallbacks",
            "Model names that are asked instead, by what went wrong.",
            Texts("general", ""),
            Texts("context_window", ""),
            Texts("content_policy", ""),
            Texts("rate_limit", "")),
        Count("max_fallbacks", "", 0, 100),
        Count("max_attempts", "", 1, 20),
        Number("deadline_seconds", "", 0.1m, 3600),
        Flag("last_resort", "Where nothing is well, the least bad target is tried.", otherwise: false) with { Default = null },
        Choice("policy", "Of auto.", "score", "arg_max"),
        Of(
            FieldKind.Object,
            "tiers",
            "Of auto: a model for each tier.",
            Text("simple", "", MaxReferenceLength).Required(),
            Text("medium", "", MaxReferenceLength).Required(),
            Text("complex", "", MaxReferenceLength).Required()),
        Of(FieldKind.Object, "thresholds", "Of auto.", Number("medium", "", 0, 1.2m), Number("complex", "", 0, 1.2m)),
        Of(FieldKind.Object, "token_thresholds", "Of auto.", Count("simple", "", 0, 10_000_000), Count("medium", "", 0, 10_000_000)),
        Of(FieldKind.TextMap, "task_types", "Of auto: a tier for kinds of task."),
        Of(
            FieldKind.Object,
            "raise",
            "Of auto: what raises the tier.",
            Choice("tools", "", "simple", "medium", "complex"),
            Choice("images", "", "simple", "medium", "complex"),
            Of(FieldKind.Object, "context_tokens", "", Count("medium", "", 1, 10_000_000), Count("complex", "", 1, 10_000_000))),
        Flag("sticky", "Of auto: a conversation keeps its tier.", otherwise: false) with { Default = null },
        Text("classifier_model", "Of auto.", 200),
        Of(
            FieldKind.Objects,
            "labels",
            "Of auto.",
            Text("label", "", 200).Required(),
            Text("model", "", MaxReferenceLength).Required()),
    ];
}
