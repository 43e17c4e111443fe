using ReactiveLink;

namespace StatsdGateway;

/// <summary>A client that sends a little of everything, and what the exposition must say of it.</summary>
internal static class Demo
{
    private static readonly string[] Datagrams =
    [
        "shop.orders:1|c\nshop.orders:2|c|@0.1\nshop.orders:-1|c",
        "shop.queue:40|g\nshop.queue:+5|g\nshop.queue:-15|g",
        "shop.checkout:320|ms|#region:eu,cache\nshop.checkout:80:120:40|ms|#cache,region:eu",
        "shop.basket:3.5:9:12|d|#region:eu|c:in-1234|T1700000000",
        "shop.customers:ann|s\nshop.customers:bob|s\nshop.customers:ann|s",
        "_e{8,5}:Deployed|1.4.2|t:success\n_sc|shop.database|1|#region:eu|m:slow",
        "shop.orders:many|c\nshop.orders|c\nshop.queue:1|c",
    ];

    private static readonly string[] Expected =
    [
        "shop_orders_total 21",
        "shop_orders_decrements_total 1",
        "shop_queue 30",
        "shop_checkout_seconds_count{cache=\"true\",region=\"eu\"} 4",
        "shop_checkout_seconds_sum{cache=\"true\",region=\"eu\"} 0.56",
        "shop_basket_count{region=\"eu\"} 3",
        "shop_basket_sum{region=\"eu\"} 24.5",
        "shop_customers 2",
        "statsd_gateway_events_total{alert_type=\"success\"} 1",
        "statsd_gateway_service_checks_total{status=\"warning\"} 1",
        "statsd_gateway_faults_total{detail=\"bad-value\",reason=\"parse-failed\"} 1",
        "statsd_gateway_faults_total{detail=\"no-value\",reason=\"parse-failed\"} 1",
        "statsd_gateway_faults_total{detail=\"kind-conflict\",reason=\"parse-failed\"} 1",
        "shop_checkout_window_seconds{cache=\"true\",quantile=\"0.99\",region=\"eu\"} 0.32",
    ];

    public static async Task<int> RunAsync(UdpEndpoint gateway, Uri metrics)
    {
        var sending = SendAsync(gateway);
        using var http = new HttpClient();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        string[] lines;
        var missing = Expected;
        do
        {
            // An HTTP client has no signal for a figure that will be another one: it asks again, until a deadline. What was once seen need not stay: windows move on.
            await Task.Delay(TimeSpan.FromMilliseconds(100));
            lines = (await http.GetStringAsync(metrics, CancellationToken.None)).Split('\n');
            missing = [.. missing.Except(lines, StringComparer.Ordinal)];
        }
        while (missing.Length > 0 && !deadline.IsCancellationRequested);

        await sending;
        Console.WriteLine("What a client sent:\n" + string.Join('\n', Datagrams.SelectMany(datagram => datagram.Split('\n')).Select(line => "  " + line)));
        Console.WriteLine($"What {metrics} says (buckets and zeros left out):\n" + string.Join('\n', lines.Where(IsWorthReading).Select(line => "  " + line)));
        Console.WriteLine(missing.Length == 0 ? "Every line is accounted for." : "WRONG  missing:\n" + string.Join('\n', missing));
        return missing.Length == 0 ? 0 : 1;
    }

    private static async Task SendAsync(UdpEndpoint gateway)
    {
        await using var client = UdpLink.Connect(gateway.ToString(), options => options with { Frame = FrameFormat.None, Codec = MessageCodecs.Text });
        foreach (var datagram in Datagrams)
        {
            await client.SendAsync(datagram);
        }
    }

    private static bool IsWorthReading(string line) => line.Length > 0 && line[0] != '#' && !line.EndsWith(" 0", StringComparison.Ordinal) && !line.Contains("_bucket", StringComparison.Ordinal);
}
