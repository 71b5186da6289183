namespace BCrypt.Net;

/// <summary>The digest that an enhanced hash takes of the password first.</summary>
public enum HashType
{
    None = -1,
    SHA256 = 0,
    SHA384 = 1,
    SHA512 = 2,
}
