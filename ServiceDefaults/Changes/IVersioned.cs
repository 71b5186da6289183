namespace ServiceDefaults.Changes;

/// <summary>A stored thing of which an administrator can say which state of it is meant to change.</summary>
public interface IVersioned
{
    /// <summary>Another one after every change that an administrator makes; what calls do to it leaves it alone.</summary>
    Guid Version { get; set; }
}

/// <summary>How the admin API shows a thing with a version: the version itself is the answer's <c>ETag</c>.</summary>
public interface IVersionedView
{
    Guid Version { get; }
}
