using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace ServiceDefaults.Health;

/// <summary>What a service tells of itself at <c>/health</c> beside its status.</summary>
public interface IHealthDetails
{
    /// <param name="health">With its <c>status</c>, which may be replaced: the status of the answer stays.</param>
    Task AddAsync(HttpContext context, JsonObject health);
}
