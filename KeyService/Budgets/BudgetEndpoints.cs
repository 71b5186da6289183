using KeyService.Data;
using KeyService.Ledger.Core;
using KeyService.Limits;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Authorization;
using ServiceDefaults.Description;
using ServiceDefaults.Http;

namespace KeyService.Budgets;

/// <summary><c>GET /admin/budgets</c>: everything that has a budget, projects before keys. Budgets are set where they are: on the project, on the key.</summary>
internal static class BudgetEndpoints
{
    public static void MapBudgets(this IEndpointRouteBuilder routes) => routes.MapGroup("/admin/budgets").WithTags("Budgets").WithAccess(Access.ProjectRead)
        .MapGet("/", ListAsync).WithSummary("Everything that has a budget, and how it stands").WithQuery(query => BudgetFilter.Read(query));

    private static async Task<Results<Ok<Page<BudgetView>>, ProblemHttpResult>> ListAsync(
        HttpRequest request, IDbContextFactory<KeyDbContext> databases, LedgerCore ledger, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var query = new PageQuery(request);
        var filter = BudgetFilter.Read(query);
        if (query.Problem() is { } problem)
        {
            return problem;
        }

        var now = timeProvider.GetUtcNow().UtcDateTime;
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var (total, page) = filter.MinUsedPercent is { } percent
            ? await SearchAsync(database, filter, query, account => BudgetView.From(account, ledger, now), percent, cancellationToken)
            : await PageAsync(database, filter, query, account => BudgetView.From(account, ledger, now), cancellationToken);
        return TypedResults.Ok(new Page<BudgetView>(page, total, query.Limit, query.Offset));
    }

    private static async Task<(long Total, IReadOnlyList<BudgetView> Page)> PageAsync(
        KeyDbContext database, BudgetFilter filter, PageQuery query, Func<Account, BudgetView> show, CancellationToken cancellationToken)
    {
        var (projects, keys) = (filter.Apply(database.Projects.AsNoTracking()), filter.Apply(database.VirtualKeys.AsNoTracking()));
        var (projectCount, keyCount) = (await projects.CountAsync(cancellationToken), await keys.CountAsync(cancellationToken));
        var page = new List<Account>(await projects.Skip(query.Offset).Take(query.Limit).ToListAsync(cancellationToken));
        page.AddRange(await keys.Skip(Math.Max(0, query.Offset - projectCount)).Take(query.Limit - page.Count).ToListAsync(cancellationToken));
        return (projectCount + keyCount, page.ConvertAll(account => show(account)));
    }

    /// <summary>What is spent is in the ledger's memory, and not in the rows that the database could search.</summary>
    private static async Task<(long Total, IReadOnlyList<BudgetView> Page)> SearchAsync(
        KeyDbContext database, BudgetFilter filter, PageQuery query, Func<Account, BudgetView> show, decimal percent, CancellationToken cancellationToken)
    {
        var found = new List<BudgetView>();
        await foreach (var project in filter.Apply(database.Projects.AsNoTracking()).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            Look(project);
        }

        await foreach (var key in filter.Apply(database.VirtualKeys.AsNoTracking()).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            Look(key);
        }

        return (found.Count, [.. found.Skip(query.Offset).Take(query.Limit)]);

        void Look(Account account)
        {
            var budget = show(account);
            if (budget.UsedPercent >= percent)
            {
                found.Add(budget);
            }
        }
    }
}
