namespace ServiceDefaults.Settings;

/// <summary>A source of settings that is a file, and no kind of file that the framework knows.</summary>
internal interface IFileProvidedSettings
{
    string File { get; }
}
