"""Sends with Debian's python3-statsd to a port, and says what the gateway has to make of it.

Prints "sent N" (lines so far) and waits for a line, so that no buffer overflows; then "expect SERIES VALUE" for each series; then "done".
"""
import random
import sys

import statsd

random.seed(7)
sent = 0
plain_send = statsd.StatsClient._send


def counting_send(self, data):
    global sent
    sent += data.count("\n") + 1
    plain_send(self, data)


statsd.StatsClient._send = counting_send
client = statsd.StatsClient("127.0.0.1", int(sys.argv[1]), prefix="py")


def wait():
    print("sent", sent, flush=True)
    sys.stdin.readline()


totals = {}


def add(series, value):
    totals[series] = totals.get(series, 0) + value


for i in range(2000):
    client.incr("orders")
    add("py_orders_total", 1)
    client.incr("items", i % 5)
    add("py_items_total", i % 5)
    if i % 100 == 99:
        wait()

for i in range(300):
    client.decr("stock", 2)
    add("py_stock_decrements_total", 2)
    before = sent
    client.incr("sampled", 3, rate=0.25)
    add("py_sampled_total", 12 * (sent - before))
    if i % 100 == 99:
        wait()

# Whole eighths of a second, so that sums are exact in any order.
for i in range(500):
    client.timing("checkout", 125 * (i % 8))
    add("py_checkout_seconds_sum", 0.125 * (i % 8))
    add("py_checkout_seconds_count", 1)
    client.set("customers", "customer-%d" % (i % 123))
    if i % 100 == 99:
        wait()
totals["py_customers"] = 123
with client.timer("block"):
    pass
totals["py_block_seconds_count"] = 1

client.gauge("queue", 70)
client.gauge("queue", 5, delta=True)
client.gauge("queue", -15, delta=True)
totals["py_queue"] = 60
client.gauge("celsius", -17.5)
totals["py_celsius"] = -17.5
client.gauge("again", 20)
client.gauge("again", -3)
totals["py_again"] = -3
wait()

with client.pipeline() as pipe:
    for i in range(1000):
        pipe.incr("piped")
        pipe.gauge("last", i)
        pipe.timing("step", 250)
totals["py_piped_total"] = 1000
totals["py_last"] = 999
totals["py_step_seconds_sum"] = 250
totals["py_step_seconds_count"] = 1000
wait()

for series, value in totals.items():
    print("expect", series, value)
print("done", flush=True)
