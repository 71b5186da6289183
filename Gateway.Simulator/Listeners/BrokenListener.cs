using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Simulator.Listeners;

/// <summary>An address of 127.0.0.1 that nobody gets an answer from: the rows of the fault matrix that come before HTTP.</summary>
public sealed class BrokenListener : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly List<Socket> _callers = [];
    private readonly CancellationTokenSource _ended = new();
    private Task _accepting = Task.CompletedTask;

    private BrokenListener(Socket socket, string scheme)
    {
        _socket = socket;
        BaseAddress = new Uri($"{scheme}://127.0.0.1:{((IPEndPoint)socket.LocalEndPoint!).Port}/");
    }

    /// <summary>Every name, with what it shows.</summary>
    public static IReadOnlyDictionary<string, string> Summaries { get; } = new Dictionary<string, string>
    {
        ["u01"] = "Nobody listens.",
        ["u02"] = "Connections are neither taken nor refused.",
        ["u05"] = "TLS with a certificate that nobody has signed.",
        ["u05-expired"] = "TLS with a certificate of the past.",
        ["u05-wrong-host"] = "TLS with a certificate for another host.",
        ["u06"] = "Connections are taken, and TLS is never answered.",
    };

    public Uri BaseAddress { get; }

    /// <param name="name">One of <see cref="Summaries"/>.</param>
    public static BrokenListener Start(string name)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var listener = new BrokenListener(socket, name is "u01" or "u02" ? "http" : "https");
        switch (name)
        {
            case "u01":
                // Bound, so that nobody else gets the port, and never listening.
                break;
            case "u02":
                listener.FillQueue();
                break;
            case "u05" or "u05-expired" or "u05-wrong-host":
                socket.Listen();
                listener._accepting = listener.AcceptAsync(CertificateFor(name));
                break;
            case "u06":
                socket.Listen();
                listener._accepting = listener.AcceptAsync(certificate: null);
                break;
            default:
                socket.Dispose();
                throw new ArgumentException($"No listener is named '{name}'; there are {string.Join(", ", Summaries.Keys)}.", nameof(name));
        }

        return listener;
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _socket.Dispose();
        await _accepting;
        _callers.ForEach(caller => caller.Dispose());
        _ended.Dispose();
    }

    /// <summary>A queue of connections that is full and that nobody empties: further ones get no answer at all.</summary>
    private void FillQueue()
    {
        _socket.Listen(0);
        for (var count = 0; count < 4; count++)
        {
            var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            _callers.Add(filler);
            try
            {
                filler.Connect(_socket.LocalEndPoint!);
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                // It goes on without us.
            }
        }
    }

    private async Task AcceptAsync(X509Certificate2? certificate)
    {
        try
        {
            while (true)
            {
                var caller = await _socket.AcceptAsync(_ended.Token);
                _callers.Add(caller);
                if (certificate is not null)
                {
                    await ShakeHandsAsync(caller, certificate);
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            certificate?.Dispose();
        }
    }

    private async Task ShakeHandsAsync(Socket caller, X509Certificate2 certificate)
    {
        try
        {
            await using var tls = new SslStream(new NetworkStream(caller));
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, _ended.Token);
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException)
        {
            // The caller does not trust the certificate, which is what it is for.
        }
    }

    private static X509Certificate2 CertificateFor(string name)
    {
        using var key = System.Security.Cryptography.ECDsa.Create();
        var host = name == "u05-wrong-host" ? "elsewhere.invalid" : "127.0.0.1";
        var request = new CertificateRequest($"CN={host}", key, System.Security.Cryptography.HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out var address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(host);
        }

        request.CertificateExtensions.Add(names.Build());
        var end = TimeProvider.System.GetUtcNow().AddDays(name == "u05-expired" ? -1 : 1);
        return request.CreateSelfSigned(end.AddDays(-30), end);
    }
}
