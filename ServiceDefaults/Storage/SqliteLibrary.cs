#if SQLITE_STAND_IN
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

#pragma warning disable CA2255 // A library of our own programs: its initializer is theirs.

namespace ServiceDefaults.Storage;

/// <summary>
/// EF Core asks for SQLitePCLRaw 2.1; here 2.0.6 answers, which has the same calls. Its own SQLite is of 2021, so the system's
/// patched library is taken where there is one.
/// </summary>
internal static class SqliteLibrary
{
    // Before the first use of SQLite, wherever that is: this library is loaded by then.
    [ModuleInitializer]
    internal static void Initialize()
    {
        AssemblyLoadContext.Default.Resolving += Resolve;
        AppDomain.CurrentDomain.AssemblyLoad += (_, loaded) => UseSystemLibrary(loaded.LoadedAssembly);
    }

    private static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name)
    {
        if (name.Name?.StartsWith("SQLitePCLRaw.", StringComparison.Ordinal) != true)
        {
            return null;
        }

        var path = Path.Combine(AppContext.BaseDirectory, name.Name + ".dll");
        if (!File.Exists(path))
        {
            return null;
        }

        return context.LoadFromAssemblyPath(path);
    }

    /// <summary>However the assembly was found: a program that was published finds it by itself.</summary>
    private static void UseSystemLibrary(Assembly assembly)
    {
        if (assembly.GetName().Name == "SQLitePCLRaw.provider.e_sqlite3")
        {
            NativeLibrary.SetDllImportResolver(assembly, ResolveNative);
        }
    }

    private static nint ResolveNative(string libraryName, Assembly assembly, DllImportSearchPath? searchPath)
        => libraryName == "e_sqlite3" && OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libsqlite3.so.0", out var handle) ? handle : 0;
}
#endif
