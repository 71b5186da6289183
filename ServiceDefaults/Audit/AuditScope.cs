using System.Text.Json.Nodes;
using Gateway.Contracts.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using ServiceDefaults.Changes;

namespace ServiceDefaults.Audit;

/// <summary>
/// One change that is under way in this flow of control. The first save in it, and no later one, has the entry of the change in its own
/// transaction: both are there, or neither is.
/// </summary>
public sealed class AuditScope : IDisposable
{
    private static readonly AsyncLocal<AuditScope?> Flow = new();

    private readonly AuditScope? _outer = Flow.Value;
    private readonly AuditChain _chain;
    private readonly AuditedResource _resource;
    private readonly AuditEvent _event;
    private readonly IServiceProvider _services;
    private readonly List<IChangeStep> _steps = [];
    private JsonObject? _before;
    private AuditHead? _head;
    private IDbContextTransaction? _transaction;
    private readonly Guid? _givenId;
    private Guid? _id;
    private long _seq;
    private int _made;
    private bool _isClosed;

    private AuditScope(AuditChain chain, AuditedResource resource, AuditEvent happens, Guid? id, IServiceProvider services)
    {
        (_chain, _resource, _event, _givenId, _id, _services) = (chain, resource, happens, id, id, services);
        Flow.Value = this;
    }

    private enum Stage
    {
        Open,
        Begun,
        Appended,
        Written,
    }

    /// <summary>The entry is in the database, and the change that it tells of.</summary>
    public bool IsWritten => Now == Stage.Written;

    /// <summary>None for work that was begun in a scope and goes on after its end.</summary>
    internal static AuditScope? Current => Flow.Value is { _isClosed: false } scope ? scope : null;

    private Stage Now { get; set; }

    /// <param name="happens">Its status is what the answer to a change that was made will be.</param>
    /// <param name="id">Null for what is made by the change.</param>
    public static AuditScope Open(AuditChain chain, AuditedResource resource, AuditEvent happens, Guid? id, IServiceProvider services)
        => new(chain, resource, happens, id, services);

    /// <summary>
    /// Writes the entry now: for an action whose effect is outside the database. It comes before the effect, so that there is none without it.
    /// </summary>
    public static async Task RecordAsync(CancellationToken cancellationToken)
    {
        if (Current is not { Now: Stage.Open } scope)
        {
            throw new InvalidOperationException("There is no audited action under way.");
        }

        try
        {
            await scope._chain.RecordAsync(scope._event with { ResourceId = scope._id?.ToString(), Changes = "{}" }, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new AuditUnavailableException(exception);
        }

        scope.Now = Stage.Written;
    }

    /// <summary>What happens in the transaction of the change, too.</summary>
    internal void Add(IChangeStep step) => _steps.Add(step);

    /// <summary>The change that was asked for is there, and so is its entry.</summary>
    internal void WasMadeBefore() => Now = Stage.Written;

    /// <summary>Until it is disposed of, nothing in this flow is a part of the change.</summary>
    public static IDisposable Suspend()
    {
        var pause = new Pause(Flow.Value);
        Flow.Value = null;
        return pause;
    }

    /// <summary>To the end of the asynchronous method that calls it, nothing is a part of a change.</summary>
    internal static void Leave() => Flow.Value = null;

    /// <summary>What happened in the end, for whoever writes the entry of a try that changed nothing.</summary>
    internal AuditEvent End(int status)
        => _event with { ResourceId = _givenId?.ToString(), StatusCode = status, Changes = status < 400 ? "{}" : null };

    internal bool Covers(DbContext? database) => database is not null && _chain.ContextType.IsInstanceOfType(database);

    /// <summary>Before the first statement of the change.</summary>
    internal async Task BeginAsync(DbContext database, CancellationToken cancellationToken)
    {
        if (Now == Stage.Begun)
        {
            return;
        }

        if (Now != Stage.Open)
        {
            throw new InvalidOperationException("An audited change is made in one transaction, and this would be a second one.");
        }

        _transaction = database.Database.CurrentTransaction is null ? await database.Database.BeginTransactionAsync(cancellationToken) : null;
        try
        {
            _head = await GuardAsync(() => AuditChain.LockAsync(database, cancellationToken));
            foreach (var step in _steps)
            {
                await step.BeforeAsync(database, _givenId, cancellationToken);
            }

            _before = await ShowAsync(database, cancellationToken);
            _id ??= _resource.FindNew(database, out _made);
            Now = Stage.Begun;
        }
        catch
        {
            await FailedAsync();
            throw;
        }
    }

    /// <summary>The statements are done. A transaction that was begun here ends here.</summary>
    internal async Task SavedAsync(DbContext database, CancellationToken cancellationToken)
    {
        if (_transaction is { } transaction)
        {
            await AppendAsync(database, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            await DropAsync();
        }
    }

    internal async Task AppendAsync(DbContext database, CancellationToken cancellationToken)
    {
        if (Now == Stage.Appended)
        {
            return;
        }

        if (Now != Stage.Begun)
        {
            throw new InvalidOperationException("A transaction with an audited change needs a save, which brings the entry.");
        }

        var changes = AuditChanges.Between(_before, await ShowAsync(database, cancellationToken), _chain.Keys);
        if (_id is null && _made > 1)
        {
            changes["created"] = new JsonObject { ["before"] = null, ["after"] = _made };
        }

        var entry = _event with { ResourceId = _id?.ToString(), Changes = changes.ToJsonString() };
        _seq = await GuardAsync(() => _chain.AppendAsync(database, _head!, entry, cancellationToken));
        foreach (var step in _steps)
        {
            await step.AfterAsync(database, _id, cancellationToken);
        }

        Now = Stage.Appended;
    }

    internal void Committed()
    {
        if (Now == Stage.Appended)
        {
            Now = Stage.Written;
            _chain.Tail.Grown(_seq);
        }
    }

    /// <summary>The save, or the transaction around it, came to nothing.</summary>
    internal async Task FailedAsync()
    {
        await DropAsync();
        if (Now != Stage.Written)
        {
            Now = Stage.Open;
        }
    }

    internal void RefuseBareCommand()
    {
        if (Now == Stage.Open)
        {
            throw new InvalidOperationException("A change outside a transaction would be without its entry in the audit log.");
        }
    }

    public void Dispose()
    {
        _isClosed = true;
        Flow.Value = _outer;
    }

    private static async Task<T> GuardAsync<T>(Func<Task<T>> write)
    {
        try
        {
            return await write();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new AuditUnavailableException(exception);
        }
    }

    private async Task<JsonObject?> ShowAsync(DbContext database, CancellationToken cancellationToken)
        => _id is { } id ? await _resource.ShowAsync(_services, database, id, cancellationToken) : null;

    private sealed class Pause(AuditScope? scope) : IDisposable
    {
        public void Dispose() => Flow.Value = scope;
    }

    private async Task DropAsync()
    {
        if (_transaction is { } transaction)
        {
            _transaction = null;
            await transaction.DisposeAsync();
        }
    }
}

/// <summary>The audit log cannot be written, and without it nothing is changed.</summary>
public sealed class AuditUnavailableException(Exception innerException)
    : Exception("The audit log cannot be written, and nothing is changed without it.", innerException);
