namespace ServiceDefaults.Settings;

/// <summary>A setting that the program cannot run with; the message names it and what would put it right.</summary>
public sealed class SettingsException : Exception
{
    public SettingsException(string message)
        : base(message)
    {
    }

    public SettingsException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
