namespace RoutingService.Data;

/// <summary>What prices were before they were rows of a book, for the migration that makes them that.</summary>
internal static class CarriedPrices
{
    private const string Columns =
        """
        INSERT INTO "price_rows" ("Id", "Origin", "Deployment", "Provider", "Model", "ServiceTier", "EffectiveFrom", "Bands", "Source", "CreatedAt")
        """;

    private const string Model =
        """
        '{"equals":"' || REPLACE(REPLACE("Model", '\', '\\'), '"', '\"') || '"}', '*', '2000-01-01 00:00:00'
        """;

    /// <summary>Runs on both databases.</summary>
    public const string Sql =
        $$"""
        {{Columns}}
        SELECT CAST("Id" AS text), 'Model', NULL, "Provider", {{Model}},
            '[{"input":' || "InputPerMillion" || ',"cacheRead":' || "CacheReadPerMillion" || ',"cacheWrite5m":' || "CacheWritePerMillion" || ',"output":' || "OutputPerMillion" || '}]',
            'admin API', '2000-01-01 00:00:00'
        FROM "prices";
        {{Columns}}
        SELECT CAST("Id" AS text), 'Deployment', "Name", "Provider", {{Model}},
            '[{"input":' || "InputPerMillion" || ',"output":' || "OutputPerMillion" || '}]',
            'admin API', '2000-01-01 00:00:00'
        FROM "deployments" WHERE "InputPerMillion" IS NOT NULL;
        """;
}
