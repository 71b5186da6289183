namespace KeyService.Ledger;

/// <summary>Given to one process at a time: the one that counts.</summary>
internal interface ILedgerLock
{
    /// <summary>Null while another process has it.</summary>
    Task<IHeldLock?> TryTakeAsync(CancellationToken cancellationToken);
}

/// <summary>Disposing it gives it back.</summary>
internal interface IHeldLock : IAsyncDisposable
{
    /// <summary>Completes when another process may have it.</summary>
    Task Lost { get; }
}
