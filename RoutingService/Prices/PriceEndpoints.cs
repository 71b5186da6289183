using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using RoutingService.Data;
using RoutingService.Snapshots;
using ServiceDefaults.Audit;
using ServiceDefaults.Authorization;
using ServiceDefaults.Description;
using ServiceDefaults.Http;
using ServiceDefaults.Ownership;

namespace RoutingService.Prices;

internal static class PriceEndpoints
{
    private static readonly AuditedResource Audited = new AuditedResource<RoutingDbContext, PriceRow>("price", ShowAsync);

    public static void MapPrices(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/admin/prices").WithTags("Prices").WithAccess(Access.Admin).WithAudit(Audited)
            .WithOwner<RoutingDbContext, PriceRow>("price");
        group.MapPost("/", CreateAsync).WithBody(
            fields => PriceFields.Read(fields, PriceOrigin.Operator, _ => "", default),
            """{"provider": "simulated", "model": "echo", "prices": [{"input": 0.25, "cache_read": 0.025, "output": 2}], "note": "agreed by contract"}""");
        group.MapPost("/import", ImportAsync).WithSummary("Adds rows, all or none").WithBody(
            fields => ReadImport(fields, default, _ => ""),
            """{"rows": [{"provider": "simulated", "model": {"starts_with": "lorem"}, "prices": [{"input": 1, "output": 4}]}]}""");
        group.MapGet("/", ListAsync).WithQuery(query => Filter(query, default));
        group.MapGet("/export", ExportAsync).WithSummary("Rows as an import takes them").WithQuery(query => Filter(query, default));

        // The id of a book's row has the names of models in it, and they may have slashes in them.
        group.MapGet("/{**id}", GetAsync).WithSummary("Shows a price, of an operator's or of a book");
        group.MapDelete("/{id:guid}", EndAsync).WithSummary("Ends a price");
    }

    private static async Task<Results<Created<PriceView>, ProblemHttpResult>> CreateAsync(
        HttpRequest request, IDbContextFactory<RoutingDbContext> databases, SnapshotLoader snapshots, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var fields = await FieldReader.ReadAsync(request, cancellationToken);
        var row = PriceFields.Read(fields, PriceOrigin.Operator, _ => NewId(timeProvider), timeProvider.GetUtcNow().UtcDateTime);
        var problem = await SaveAsync(databases, snapshots, [row], fields, (_, message) => fields.Fault("effective_from", message), cancellationToken);
        return problem is not null ? problem : TypedResults.Created($"/admin/prices/{row.Id}", PriceView.From(row));
    }

    private static async Task<Results<Ok<PriceImport>, ProblemHttpResult>> ImportAsync(
        HttpRequest request, IDbContextFactory<RoutingDbContext> databases, SnapshotLoader snapshots, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var fields = await FieldReader.ReadAsync(request, cancellationToken);
        var now = timeProvider.GetUtcNow().UtcDateTime;
        var rows = ReadImport(fields, now, _ => NewId(timeProvider));
        var problem = await SaveAsync(databases, snapshots, rows, fields, (index, message) => fields.Fault($"rows[{index}]", message), cancellationToken);
        return problem is not null ? problem : TypedResults.Ok(new PriceImport(rows.Count));
    }

    private static IReadOnlyList<PriceRow> ReadImport(FieldReader fields, DateTime now, Func<string?, string> newId)
    {
        IReadOnlyList<PriceRow> rows = [];
        foreach (var name in new[] { "version", "source", "source_date", "license" })
        {
            fields.Text(name, 500, _ => { });
        }

        fields.Require("rows");
        fields.Objects("rows", BookText.MaxRows, row => PriceFields.Read(row, PriceOrigin.Operator, newId, now), list => rows = list);
        return rows;
    }

    /// <summary>All of the rows, or none of them.</summary>
    private static async Task<ProblemHttpResult?> SaveAsync(
        IDbContextFactory<RoutingDbContext> databases,
        SnapshotLoader snapshots,
        IReadOnlyList<PriceRow> rows,
        FieldReader fields,
        Action<int, string> fault,
        CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await PriceWrites.AddAsync(database, rows, fault, cancellationToken);
        if (fields.Problem() is { } problem)
        {
            return problem;
        }

        await database.SaveChangesAsync(cancellationToken);
        await snapshots.ReloadAsync(cancellationToken);
        return null;
    }

    private static async Task<Results<Ok<Page<PriceView>>, ProblemHttpResult>> ListAsync(
        HttpRequest request, IDbContextFactory<RoutingDbContext> databases, PriceBooks books, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var query = new PageQuery(request);
        var isOf = Filter(query, timeProvider.GetUtcNow().UtcDateTime);
        if (query.Problem() is { } problem)
        {
            return problem;
        }

        var rows = (await AllAsync(databases, books, cancellationToken)).Where(isOf).ToList();
        return TypedResults.Ok(new Page<PriceView>([.. rows.Skip(query.Offset).Take(query.Limit).Select(PriceView.From)], rows.Count, query.Limit, query.Offset));
    }

    /// <summary>Operators' own rows, where nothing else is asked for: those of the books are in the books.</summary>
    private static async Task<Results<Ok<PriceExport>, ProblemHttpResult>> ExportAsync(
        HttpRequest request, IDbContextFactory<RoutingDbContext> databases, PriceBooks books, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var query = new PageQuery(request);
        var now = timeProvider.GetUtcNow().UtcDateTime;
        var isOf = Filter(query, now);
        var rows = (await AllAsync(databases, books, cancellationToken))
            .Where(row => row.Deployment is null && (query.Text("origin") is not null ? isOf(row) : row.Origin == PriceOrigin.Operator && isOf(row)));
        return query.Problem() is { } problem
            ? problem
            : TypedResults.Ok(new PriceExport(string.Create(CultureInfo.InvariantCulture, $"export {now:yyyy-MM-dd HH:mm}"), [.. rows.Select(PriceExportRow.From)]));
    }

    private static async Task<Results<Ok<PriceView>, ProblemHttpResult>> GetAsync(string id, PriceBooks books, CancellationToken cancellationToken)
        => await books.FindAsync(Uri.UnescapeDataString(id), cancellationToken) is { } row
            ? TypedResults.Ok(PriceView.From(row))
            : AdminProblem.NotFound("There is no such price.");

    /// <summary>It holds no longer; it stays for what it has priced.</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> EndAsync(
        Guid id, IDbContextFactory<RoutingDbContext> databases, SnapshotLoader snapshots, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var row = await database.PriceRows.SingleOrDefaultAsync(row => row.Id == id.ToString(), cancellationToken);
        if (row is null)
        {
            return AdminProblem.NotFound("There is no such price of an operator's: those of the books cannot be ended.");
        }

        if (row.Origin != PriceOrigin.Operator)
        {
            return AdminProblem.Conflict("It belongs to a deployment or a model: change it there.");
        }

        var now = timeProvider.GetUtcNow().UtcDateTime;
        if (row.EffectiveTo is not { } end || end > now)
        {
            // One that has not begun never will.
            row.EffectiveTo = now > row.EffectiveFrom ? now : row.EffectiveFrom;
            await database.SaveChangesAsync(cancellationToken);
            await snapshots.ReloadAsync(cancellationToken);
        }

        return TypedResults.NoContent();
    }

    private static Func<PriceRow, bool> Filter(PageQuery query, DateTime now)
    {
        var (origin, provider, model, tier) = (query.Text("origin"), query.Text("provider"), query.Text("model"), query.Text("service_tier"));
        var isEffective = query.Flag("effective");
        if (origin is not null && !PriceOrigins.ByName.ContainsKey(origin))
        {
            query.Fault("origin", $"One of {string.Join(", ", PriceOrigins.ByName.Keys.Order(StringComparer.Ordinal))}.");
        }

        query.Only();
        return row => (origin is null || PriceOrigins.NameOf(row.Origin) == origin)
            && (provider is null || row.Provider == provider || row.ProviderType == provider)
            && (model is null || row.Model.IsMatch(model))
            && (tier is null || row.IsOfTier(tier))
            && (isEffective is null || row.IsEffective(now) == isEffective);
    }

    private static async Task<List<PriceRow>> AllAsync(IDbContextFactory<RoutingDbContext> databases, PriceBooks books, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var own = await database.PriceRows.AsNoTracking().ToListAsync(cancellationToken);
        return [.. own.OrderBy(row => row.Origin).ThenByDescending(row => row.CreatedAt).ThenBy(row => row.Id, StringComparer.Ordinal), .. books.File?.Rows ?? [], .. ShippedBook.Book.Rows];
    }

    private static async Task<AuditedState?> ShowAsync(IServiceProvider services, RoutingDbContext database, Guid id, CancellationToken cancellationToken)
        => await database.PriceRows.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id.ToString(), cancellationToken) is { } row
            ? new AuditedState(PriceView.From(row))
            : null;

    private static string NewId(TimeProvider timeProvider) => Guid.CreateVersion7(timeProvider.GetUtcNow()).ToString("D", CultureInfo.InvariantCulture);
}

/// <param name="Imported">How many rows were added.</param>
internal sealed record PriceImport(int Imported);
