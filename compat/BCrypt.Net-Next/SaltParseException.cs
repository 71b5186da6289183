namespace BCrypt.Net;

public class SaltParseException : Exception
{
    public SaltParseException()
    {
    }

    public SaltParseException(string message)
        : base(message)
    {
    }

    public SaltParseException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
