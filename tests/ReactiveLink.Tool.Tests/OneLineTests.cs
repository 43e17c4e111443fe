namespace ReactiveLink.Tool.Tests;

public sealed class OneLineTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("  a  b\r\n\tc  ", "a b c")]
    [InlineData("\u001b[31mred\u0007", "\uFFFD[31mred\uFFFD")]
    [InlineData("\u0085\u009b", "\uFFFD")]
    [InlineData("\u202Eab\u061C\u200E\u200F\u202A\u2066\u2069\u200D", "\uFFFDab\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\u200D")]
    public void White_space_is_one_blank_and_control_characters_are_shown(string text, string expected) => Assert.Equal(expected, OneLine.From(text));

    [Theory]
    [InlineData("12345", "12345")]
    [InlineData("123456", "1234…")]
    [InlineData("1234 6", "1234…")]
    [InlineData("123 56", "123 …")]
    public void A_long_text_is_cut(string text, string expected) => Assert.Equal(expected, OneLine.From(text, 5));
}
