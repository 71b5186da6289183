using Gateway.Contracts;
using Gateway.Contracts.Keys;

namespace Gateway.Edge.Services;

internal sealed class AdminSessionsClient(HttpClient client) : IAdminSessions
{
    private const string Service = ServiceClients.KeyService;

    public Task<AdminSession?> SignInAsync(SignIn signIn, CancellationToken cancellationToken)
        => client.PostAsync(Service, LedgerRoutes.SignIn, signIn, ContractsJson.Default.SignIn, ContractsJson.Default.AdminSession, cancellationToken);

    public Task<AdminSession?> FindAsync(string secret, CancellationToken cancellationToken)
        => client.PostAsync(
            Service, LedgerRoutes.FindSession, new SecretQuery(secret), ContractsJson.Default.SecretQuery, ContractsJson.Default.AdminSession, cancellationToken);

    public Task SignOutAsync(SignOut signOut, CancellationToken cancellationToken)
        => client.PostBatchAsync(Service, LedgerRoutes.SignOut, signOut, ContractsJson.Default.SignOut, cancellationToken);
}
