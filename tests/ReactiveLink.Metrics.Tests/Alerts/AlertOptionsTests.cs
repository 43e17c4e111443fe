using System.Reactive.Linq;

namespace ReactiveLink.Metrics.Tests.Alerts;

public sealed class AlertOptionsTests
{
    [Fact]
    public void Defaults_are_those_of_the_documentation() =>
        Assert.Equal(new AlertOptions { MaximumKeys = 1000, KeyIdleExpiry = TimeSpan.FromMinutes(10), MaximumQueued = 4096 }, AlertOptions.Default);

    [Fact]
    public void All_errors_are_told_at_once()
    {
        var options = new AlertOptions { Rule = "", NoDataAfter = TimeSpan.Zero, MaximumKeys = 0, KeyIdleExpiry = TimeSpan.Zero, MaximumQueued = -1 };

        var error = Assert.Throws<ArgumentException>(() => Observable.Empty<int>().AlertWhen(_ => true, options: options));

        Assert.Equal(
            "The alert options are not valid. Rule is empty: give it a name, or null for the default. NoDataAfter is 00:00:00: it must be greater than zero, or "
            + "null for never. MaximumKeys is 0: at least 1 key must be tracked. KeyIdleExpiry is 00:00:00: it must be greater than zero. MaximumQueued is -1: at "
            + "least 1 item must be able to wait. (Parameter 'options')",
            error.Message);
    }
}
