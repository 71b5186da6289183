using System.Net;
using System.Runtime.InteropServices;
using Gateway.Configuration;
using Gateway.Configuration.Plans;
using Microsoft.Extensions.Options;
using ServiceDefaults.Settings;

namespace Gateway.Edge.ConfigFile;

/// <summary>
/// Keeps the gateway as its configuration file says: before it takes its first call, and after each change of the file or of what it refers to. A bad
/// file ends a start; later, what was in force stays in force.
/// </summary>
internal sealed partial class ConfigFileWatch(
    OwnAdminHandler adminApi,
    IOptions<ConfigFileOptions> options,
    IConfiguration configuration,
    TimeProvider timeProvider,
    ILogger<ConfigFileWatch> logger)
    : IHostedLifecycleService, IDisposable
{
    private const int MaxTries = 3;

    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
#pragma warning disable RS0030 // It goes nowhere: its handler is the process itself.
    private readonly HttpClient _client = new(adminApi, disposeHandler: false) { BaseAddress = new Uri("http://gateway.internal") };
#pragma warning restore RS0030

    private PosixSignalRegistration? _hangUp;
    private string? _seen;
    private Task _loop = Task.CompletedTask;

    public ConfigFileState State { get; private set; } = ConfigFileState.None;

    /// <summary>Calls wait for the first application.</summary>
    public bool IsReady => !options.Value.IsSet || State.IsApplied;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>What is wrong with the file alone is known before anything listens.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.IsSet && (await LoadAsync(cancellationToken)).Validate() is { Count: > 0 } faults)
        {
            throw Refusal(faults);
        }
    }

    /// <summary>The ledger answers from now on, and the application is not yet said to be started.</summary>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (!options.Value.IsSet)
        {
            return;
        }

        if (!await LookAsync(cancellationToken) && State.Faults.Count > 0)
        {
            throw Refusal(State.Faults);
        }

        _hangUp = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            Wake();
        });
        _loop = RunAsync();
    }

    /// <summary>Look now, and try again what was refused.</summary>
    public void Wake()
    {
        lock (_wake)
        {
            if (_wake.CurrentCount == 0)
            {
                _wake.Release();
            }
        }
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _hangUp?.Dispose();
        await _stopping.CancelAsync();
        await _loop;
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _client.Dispose();
        _wake.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Applies the file where it is not what it was; false where that came to nothing.</summary>
    public Task<bool> LookAsync(CancellationToken cancellationToken) => LookAsync(isAsked: false, cancellationToken);

    /// <param name="isAsked">By somebody, who may have put right what a file was refused for: it need not be in the file.</param>
    private async Task<bool> LookAsync(bool isAsked, CancellationToken cancellationToken)
    {
        var file = await LoadAsync(cancellationToken);
        if (file.Fingerprint == _seen && !(isAsked && State.Faults.Count > 0))
        {
            return true;
        }

        IReadOnlyList<ConfigurationFault> faults;
        try
        {
            faults = file.Validate() is { Count: > 0 } wrong ? wrong : await ApplyAsync(file, cancellationToken);
        }
        catch (Exception exception) when (IsPassing(exception, cancellationToken))
        {
            // Not the file's fault: the next look tries again.
            LogUnavailable(exception.Message);
            return false;
        }
        catch (AdminApiException exception)
        {
            faults = [new ConfigurationFault("", exception.Message)];
        }

        _seen = file.Fingerprint;
        if (faults.Count > 0)
        {
            State = State with { Faults = faults };
            LogRefused(file.Path, string.Join(" ", faults));
        }

        return faults.Count == 0;
    }

    private async Task<IReadOnlyList<ConfigurationFault>> ApplyAsync(GatewayFile file, CancellationToken cancellationToken)
    {
        var made = 0;
        for (var attempt = 1; ; attempt++)
        {
            var plan = await ConfigurationPlan.MakeAsync(
                _client, file, new PlanOptions { TakesOver = options.Value.ConfigTakeOver }, timeProvider, cancellationToken);
            if (plan.Faults.Count > 0)
            {
                return plan.Faults;
            }

            var result = await plan.ApplyAsync(_client, progress: null, cancellationToken);
            made += result.Applied.Count;
            if (result.IsComplete)
            {
                State = new ConfigFileState
                {
                    Hash = file.Hash,
                    AppliedAt = timeProvider.GetUtcNow().UtcDateTime,
                    Changes = made,
                    RestartNotes = plan.RestartNotes,
                };
                LogApplied(file.Path, made);
                return [];
            }

            // Another Edge may have been at it with the same file: what it did is in the next plan.
            if (attempt == MaxTries)
            {
                if (result.IsPassing)
                {
                    throw new AdminApiException($"{result.Failed}: {result.Fault}", HttpStatusCode.ServiceUnavailable);
                }

                return [new ConfigurationFault(result.Failed!.ToString(), $"{result.Fault} {result.Applied.Count} changes were made, {result.Remaining.Count} were not tried.")];
            }
        }
    }

    private async Task RunAsync()
    {
        var interval = TimeSpan.FromSeconds(options.Value.ConfigPollSeconds);
        try
        {
            while (true)
            {
                using var looked = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
                var wake = _wake.WaitAsync(looked.Token);
                await Task.WhenAny(Task.Delay(interval, timeProvider, looked.Token), wake);
                await looked.CancelAsync();
                _stopping.Token.ThrowIfCancellationRequested();
                try
                {
                    await LookAsync(wake.IsCompletedSuccessfully, _stopping.Token);
                }
                catch (Exception exception) when (!_stopping.IsCancellationRequested)
                {
                    LogFailed(exception);
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The gateway stops.
        }
    }

    private Task<GatewayFile> LoadAsync(CancellationToken cancellationToken) => GatewayFile.LoadAsync(
        options.Value.ConfigFile!, new GatewayFileOptions { Environment = EnvFile.Variables(configuration) }, cancellationToken);

    private static bool IsPassing(Exception exception, CancellationToken cancellationToken)
        => exception is AdminApiException { IsPassing: true } or HttpRequestException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private SettingsException Refusal(IReadOnlyList<ConfigurationFault> faults)
        => new(new ConfigurationException($"{SecretSetting.EnvironmentName(ConfigFileSettings.Name)} {options.Value.ConfigFile} cannot be applied:", faults).Message);

    [LoggerMessage(LogLevel.Information, "The configuration file {Path} was applied: {Changes} changes.")]
    private partial void LogApplied(string path, int changes);

    [LoggerMessage(LogLevel.Error, "The configuration file {Path} cannot be applied; what was in force stays in force. {Faults}")]
    private partial void LogRefused(string path, string faults);

    [LoggerMessage(LogLevel.Warning, "The configuration file waits: {Reason}")]
    private partial void LogUnavailable(string reason);

    [LoggerMessage(LogLevel.Error, "The configuration file could not be looked at.")]
    private partial void LogFailed(Exception exception);
}
