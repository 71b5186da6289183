using System.Runtime.CompilerServices;
using ServiceDefaults.Storage;

#pragma warning disable CA2255 // The tests are a program of their own.

namespace Tests.TestKit;

/// <summary>
/// ServiceDefaults finds SQLite's library, from its load on. A test that uses SQLite before anything of ServiceDefaults would find none, and
/// so would every test after it.
/// </summary>
internal static class SqliteLoading
{
    [ModuleInitializer]
    internal static void Initialize() => RuntimeHelpers.RunModuleConstructor(typeof(ConnectionStrings).Module.ModuleHandle);
}
