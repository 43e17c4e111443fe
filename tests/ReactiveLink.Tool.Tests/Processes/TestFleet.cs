using System.Globalization;

namespace ReactiveLink.Tool.Tests.Processes;

/// <summary>Several senders that send 50 times a second, by their own time; the first two lose something now and then, and the first breaks something.</summary>
internal sealed class TestFleet(string target, string[] names) : IDisposable
{
    private readonly TestSender[] _senders = [.. names.Select(_ => new TestSender(target))];
    private int _round;

    public void Send()
    {
        _round++;
        for (var i = 0; i < names.Length; i++)
        {
            if (i < 2 && _round % (17 + (20 * i)) == 0)
            {
                _senders[i].Skip(1 + (3 * (uint)i));
            }

            var roll = Math.Round(10 * Math.Sin((_round / 20.0) + i), 2);
            _senders[i].Send(string.Create(CultureInfo.InvariantCulture, $$"""{"roll":{{roll}}}"""), names[i], timestamp: 1700000000 + (_round / 50.0));
        }

        if (_round % 40 == 0)
        {
            _senders[0].SendRaw([0, 0, 0, 0, 0, 0, 0, 1, 2]);
        }
    }

    public void Dispose() => Array.ForEach(_senders, sender => sender.Dispose());
}
