namespace Gateway.Configuration.References;

/// <summary>Where references lead.</summary>
/// <param name="environment">A variable's value, null where it is not set.</param>
/// <param name="folder">What the paths of files are relative to.</param>
/// <param name="isChecked">False where only the form of a file is looked at: what is not there is then no fault.</param>
internal sealed class ReferenceSource(Func<string, string?> environment, string folder, bool isChecked)
{
    private const string Placeholder = "unresolved";

    public string Variable(string name, string? otherwise, Action<string> fault)
    {
        if (name.Length == 0 || !name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_'))
        {
            fault($"'{name}' is no name of a variable.");
            return "";
        }

        // An empty one is as good as none: so shells mean ':-', too.
        var value = environment(name) is { Length: > 0 } set ? set : otherwise;
        if (value is null && isChecked)
        {
            fault($"The variable {name} is not set.");
        }

        return value ?? (isChecked ? "" : Placeholder);
    }

    public string File(string path, Action<string> fault) => isChecked ? SecretFile.Read(path, folder, fault).TrimEnd('\r', '\n') : Placeholder;
}
