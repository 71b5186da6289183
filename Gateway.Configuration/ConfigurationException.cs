namespace Gateway.Configuration;

/// <summary>A configuration that cannot be used, with all that is wrong with it.</summary>
public sealed class ConfigurationException(string what, IReadOnlyList<ConfigurationFault> faults)
    : Exception(string.Join('\n', [what, .. faults.Select(fault => $"  {fault}")]))
{
    public IReadOnlyList<ConfigurationFault> Faults => faults;
}
