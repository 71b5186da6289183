using RoutingService.Routes;

namespace RoutingService.Dispatching;

/// <summary>How far a call may go, and whither: as the alias says that chose its model, where there is one; else as the model says; else as for all.</summary>
/// <param name="entrance">An automatic alias; null where the client named the model.</param>
internal sealed class CallBounds(ModelRoute route, ModelRoute? entrance, DispatchOptions options)
{
    public int MaxAttempts => entrance?.Config.MaxAttempts ?? route.Config.MaxAttempts ?? options.MaxAttempts;

    public int MaxFallbacks => entrance?.Config.MaxFallbacks ?? route.Config.MaxFallbacks ?? options.MaxFallbacks;

    public TimeSpan Deadline => TimeSpan.FromSeconds(entrance?.Config.DeadlineSeconds ?? route.Config.DeadlineSeconds ?? options.DeadlineSeconds);

    public bool HasLastResort => route.Config.LastResort || entrance?.Config.LastResort == true;

    /// <summary>The model's own first.</summary>
    public IEnumerable<string> Fallbacks(FallbackKind kind) => route.Fallbacks.For(kind).Concat(entrance?.Fallbacks.For(kind) ?? []);
}
