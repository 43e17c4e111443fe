namespace StatsdGateway;

/// <summary>Why a line is refused: the detail of its fault, and a label in the exposition. A closed set.</summary>
internal static class LineErrors
{
    public const string NotUtf8 = "not-utf8";
    public const string NoName = "no-name";
    public const string NameTooLong = "name-too-long";
    public const string ReservedName = "reserved-name";
    public const string NameConflict = "name-conflict";
    public const string NoValue = "no-value";
    public const string BadValue = "bad-value";
    public const string TooManyValues = "too-many-values";
    public const string MemberTooLong = "member-too-long";
    public const string NoType = "no-type";
    public const string UnknownType = "unknown-type";
    public const string KindConflict = "kind-conflict";
    public const string BadSampleRate = "bad-sample-rate";
    public const string BadTimestamp = "bad-timestamp";
    public const string TooManyTags = "too-many-tags";
    public const string TagTooLong = "tag-too-long";
    public const string BadEvent = "bad-event";
    public const string BadServiceCheck = "bad-service-check";

    public static readonly string[] All =
    [
        NotUtf8, NoName, NameTooLong, ReservedName, NameConflict, NoValue, BadValue, TooManyValues, MemberTooLong, NoType, UnknownType, KindConflict, BadSampleRate, BadTimestamp,
        TooManyTags, TagTooLong, BadEvent, BadServiceCheck,
    ];
}
