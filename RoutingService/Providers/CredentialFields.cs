using RoutingService.Routes;
using ServiceDefaults.Http;

namespace RoutingService.Providers;

/// <summary>The fields of a credential, as the admin API writes them.</summary>
internal static class CredentialFields
{
    /// <summary>Fields can be read onto it, for their own sake.</summary>
    public static ProviderCredentialRow Blank() => new() { ProviderId = default, CreatedAt = default };

    public static void Require(FieldReader fields)
    {
        fields.Require("name");
        fields.Require("api_key");
    }

    public static void ReadNew(FieldReader fields, ProviderCredentialRow row, Action<string> setKey)
    {
        Require(fields);
        Read(fields, row, setKey);
    }

    public static void Read(FieldReader fields, ProviderCredentialRow row, Action<string> setKey)
    {
        fields.Name("name", Provider.MaxNameLength, name => row.Name = name);
        fields.Number("weight", 0, RouteConfig.MaxWeight, weight => row.WeightThousandths = RouteConfig.Thousandths(weight ?? 1), decimals: 3);
        fields.Flag("enabled", enabled => row.Enabled = enabled);
        fields.Name("api_key", Provider.MaxCredentialLength, key =>
        {
            if (key.Any(character => character is <= ' ' or > '~'))
            {
                fields.Fault("api_key", "A key has printable ASCII characters without spaces.");
                return;
            }

            setKey(key);
        });
    }
}
