namespace BCrypt.Net;

public class HashInformationException : Exception
{
    public HashInformationException()
    {
    }

    public HashInformationException(string message)
        : base(message)
    {
    }

    public HashInformationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
