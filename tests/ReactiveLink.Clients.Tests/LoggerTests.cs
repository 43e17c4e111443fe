using System.Globalization;
using System.Text.Json;

namespace ReactiveLink.Clients.Tests;

/// <summary>The logger of util-linux sends to the syslog sample; what it was told is compared with what the sample read.</summary>
public sealed class LoggerTests
{
    private static async Task<JsonElement[]> SendAsync(int messages, string input, params string[] arguments)
    {
        await using var sample = await RunningSample.StartAsync("Syslog", "--messages");
        await LogAsync(sample, input, arguments);
        var read = new JsonElement[messages];
        for (var i = 0; i < messages; i++)
        {
            using var document = JsonDocument.Parse(await sample.ReadLineAsync());
            read[i] = document.RootElement.Clone();
        }

        return read;
    }

    private static async Task LogAsync(RunningSample sample, string input, params string[] arguments)
    {
        await using var logger = ChildProcess.Start("logger", ["--server", "127.0.0.1", "--port", sample.Port, "--udp", .. arguments]);
        await logger.Input.WriteAsync(input);
        logger.Input.Close();
        Assert.Equal((0, ""), await logger.WaitAsync());
    }

    private static string? Text(JsonElement message, string property) => message.GetProperty(property).GetString();

    [LoggerFact]
    public async Task Rfc5424_with_structured_data_comes_with_every_field()
    {
        var before = DateTimeOffset.UtcNow.AddSeconds(-1);
        var message = Assert.Single(await SendAsync(
            1, "", "--rfc5424=notq", "-p", "local3.err", "-t", "web", "--id=77", "--msgid", "M1", "--sd-id", "zoo@123", "--sd-param", "tiger=\"hungry\"", "--sd-param",
            """quoted="a \"b\" [c\] \\d" """.Trim(), "--sd-id", "x@1", "--sd-param", "p=\"\"", "größer als 5"));

        Assert.Equal(
            ("Rfc5424", "Local3", "Error", Environment.MachineName.Split('.')[0], "web", "77", "M1", "größer als 5"),
            (Text(message, "format"), Text(message, "facility"), Text(message, "severity"), Text(message, "host")!.Split('.')[0], Text(message, "application"), Text(message, "processId"),
                Text(message, "messageId"), Text(message, "text")));
        Assert.InRange(message.GetProperty("timestamp").GetDateTimeOffset(), before, DateTimeOffset.UtcNow.AddSeconds(1));
        var data = message.GetProperty("structuredData").EnumerateArray()
            .Select(element => Text(element, "id") + ":" + string.Join(',', element.GetProperty("parameters").EnumerateArray().Select(p => Text(p, "key") + "=" + Text(p, "value"))));
        Assert.Equal(["""zoo@123:tiger=hungry,quoted=a "b" [c] \d""", "x@1:p="], data);
    }

    [LoggerFact]
    public async Task Rfc5424_with_the_quality_of_its_time_and_with_nothing_at_all()
    {
        var withQuality = Assert.Single(await SendAsync(1, "", "--rfc5424", "-t", "web", "x"));
        var withNothing = Assert.Single(await SendAsync(1, "", "--rfc5424=notq,notime,nohost", "-t", "web", "x"));

        Assert.Equal("timeQuality", Text(withQuality.GetProperty("structuredData")[0], "id"));
        Assert.Equal(JsonValueKind.Null, withNothing.GetProperty("timestamp").ValueKind);
        Assert.Equal((null, null, null), (Text(withNothing, "host"), Text(withNothing, "processId"), Text(withNothing, "messageId")));
        Assert.Equal(0, withNothing.GetProperty("structuredData").GetArrayLength());
    }

    [LoggerFact]
    public async Task Rfc3164_comes_with_every_field()
    {
        var message = Assert.Single(await SendAsync(1, "", "--rfc3164", "-p", "mail.crit", "-t", "postfix/smtpd", "--id=4711", "connect from unknown[192.0.2.1]"));

        Assert.Equal(
            ("Rfc3164", "Mail", "Critical", Environment.MachineName.Split('.')[0], "postfix/smtpd", "4711", "connect from unknown[192.0.2.1]"),
            (Text(message, "format"), Text(message, "facility"), Text(message, "severity"), Text(message, "host")!.Split('.')[0], Text(message, "application"), Text(message, "processId"),
                Text(message, "text")));

        // It names neither year nor zone: the nearest year, and the zone of the machine, which may be up to 14 hours from UTC.
        Assert.InRange(message.GetProperty("timestamp").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddHours(-15), DateTimeOffset.UtcNow.AddHours(15));
    }

    [LoggerFact]
    public async Task Every_priority_comes_as_it_was_sent()
    {
        string[] facilities = ["user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "authpriv", "ftp", "cron", "local0", "local7"];
        string[] severities = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];
        int[] numbers = [1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 9, 16, 23];
        var priorities = Enumerable.Range(0, numbers.Length).SelectMany(f => Enumerable.Range(0, 8).Select(s => (Number: (numbers[f] * 8) + s, Name: facilities[f] + "." + severities[s]))).ToArray();
        var lines = string.Concat(priorities.Select(priority => string.Create(CultureInfo.InvariantCulture, $"<{priority.Number}>{priority.Name}\n")));

        var messages = await SendAsync(priorities.Length, lines, "--rfc5424", "--prio-prefix");

        Assert.Equal(priorities.Select(priority => priority.Name), messages.Select(message => Text(message, "text")));
        string[] words = ["Emergency", "Alert", "Critical", "Error", "Warning", "Notice", "Informational", "Debug"];
        Assert.Equal(priorities.Select(priority => words[priority.Number % 8]), messages.Select(message => Text(message, "severity")));
        Assert.Equal(numbers.Length, messages.Select(message => Text(message, "facility")).Distinct().Count());
    }

    [LoggerFact]
    public async Task Long_messages_come_whole()
    {
        var text = string.Concat(Enumerable.Range(0, 6000).Select(i => (char)('a' + (i % 26))));

        var message = Assert.Single(await SendAsync(1, "", "--rfc5424", "-S", "8KiB", text));

        Assert.Equal(text, Text(message, "text"));
    }

    [LoggerFact]
    public async Task A_burst_of_errors_fires_the_alert_and_its_end_resolves_it()
    {
        await using var sample = await RunningSample.StartAsync("Syslog", "--window", "1", "--hold", "0.1", "--errors-per-second", "5");

        await LogAsync(sample, string.Concat(Enumerable.Repeat("no connection\n", 100)), "--rfc3164", "-p", "daemon.err");

        List<string> alerts = [];
        while (alerts.Count == 0 || !alerts[^1].Contains("-> Resolved", StringComparison.Ordinal))
        {
            var line = await sample.ReadLineAsync();
            if (line.StartsWith("ALERT", StringComparison.Ordinal))
            {
                alerts.Add(line);
            }
        }

        Assert.Equal(["Pending", "Firing", "Resolved"], alerts.TakeLast(3).Select(alert => alert.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4]));
    }
}
