using System.Text.Json.Serialization;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;

namespace Gateway.Contracts;

/// <summary>Serialization of what the services say to one another.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(AdmissionRequest))]
[JsonSerializable(typeof(Admission))]
[JsonSerializable(typeof(IReadOnlyList<Settlement>))]
[JsonSerializable(typeof(SecretQuery))]
[JsonSerializable(typeof(KeyAccess))]
[JsonSerializable(typeof(AdminIdentity))]
[JsonSerializable(typeof(DispatchRequest))]
[JsonSerializable(typeof(DispatchHead))]
[JsonSerializable(typeof(DispatchEnd))]
[JsonSerializable(typeof(QuoteQuery))]
[JsonSerializable(typeof(ModelQuote))]
[JsonSerializable(typeof(IReadOnlyList<ModelDescription>))]
[JsonSerializable(typeof(IReadOnlyList<CallRecord>))]
public sealed partial class ContractsJson : JsonSerializerContext;
