using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Gateway.Contracts.Audit;
using Gateway.Contracts.Contents;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Operations;
using Gateway.Contracts.Responses;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;

namespace Gateway.Contracts;

/// <summary>Serialization of what the services say to one another. Zeros are written: a required field that is left out does not read as its default.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(IReadOnlyList<AdmissionRequest>))]
[JsonSerializable(typeof(IReadOnlyList<Admission>))]
[JsonSerializable(typeof(IReadOnlyList<Lease>))]
[JsonSerializable(typeof(AdmissionTrial))]
[JsonSerializable(typeof(AdmissionForecast))]
[JsonSerializable(typeof(RouteQuery))]
[JsonSerializable(typeof(RouteExplanation))]
[JsonSerializable(typeof(LeaseExtension))]
[JsonSerializable(typeof(ExtensionOutcome))]
[JsonSerializable(typeof(IReadOnlyList<Settlement>))]
[JsonSerializable(typeof(SecretQuery))]
[JsonSerializable(typeof(KeyAccess))]
[JsonSerializable(typeof(ForeignKeyState))]
[JsonSerializable(typeof(KeyCount))]
[JsonSerializable(typeof(AdminIdentity))]
[JsonSerializable(typeof(AdminSession))]
[JsonSerializable(typeof(SignIn))]
[JsonSerializable(typeof(SignOut))]
[JsonSerializable(typeof(DispatchRequest))]
[JsonSerializable(typeof(DispatchHead))]
[JsonSerializable(typeof(DispatchEnd))]
[JsonSerializable(typeof(RouteTrace))]
[JsonSerializable(typeof(QuoteQuery))]
[JsonSerializable(typeof(ModelQuote))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(RouterHealth))]
[JsonSerializable(typeof(IReadOnlyList<CallRecord>))]
[JsonSerializable(typeof(IReadOnlyList<CallContent>))]
[JsonSerializable(typeof(AuditEvent))]
[JsonSerializable(typeof(AuditBatch))]
[JsonSerializable(typeof(AuditCopyState))]
[JsonSerializable(typeof(AuditStretch))]
[JsonSerializable(typeof(IReadOnlyList<AuditSeal>))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(ProcessHealth))]
[JsonSerializable(typeof(ProcessSettings))]
[JsonSerializable(typeof(StoredResponse))]
[JsonSerializable(typeof(StoredConversation))]
[JsonSerializable(typeof(StoredKey))]
[JsonSerializable(typeof(StoredItemsQuery))]
[JsonSerializable(typeof(ConversationItems))]
[JsonSerializable(typeof(StoredItems))]
[JsonSerializable(typeof(StoredRemoval))]
[JsonSerializable(typeof(BackgroundStart))]
[JsonSerializable(typeof(BackgroundReport))]
[JsonSerializable(typeof(BackgroundState))]
[JsonSerializable(typeof(StoredEventsQuery))]
[JsonSerializable(typeof(StoredEvents))]
public sealed partial class ContractsJson : JsonSerializerContext;
