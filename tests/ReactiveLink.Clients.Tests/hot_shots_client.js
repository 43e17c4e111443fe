// Sends with the npm package hot-shots (DogStatsD) to a port, and says what the gateway has to make of it: as statsd_client.py.
'use strict';
const readline = require('readline');
const StatsD = require('hot-shots');

let seed = 7;
Math.random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;

let sent = 0;
const plainSend = StatsD.prototype._send;
StatsD.prototype._send = function (message, callback) {
  sent += message.split('\n').length;
  plainSend.call(this, message, callback);
};

const totals = new Map();
const add = (series, value) => totals.set(series, (totals.get(series) || 0) + value);
const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const wait = async () => {
  console.log(`sent ${sent}`);
  await lines.next();
};

async function main() {
  const client = new StatsD({
    host: '127.0.0.1', port: Number(process.argv[2]), prefix: 'hs.', globalTags: { env: 'test' },
    maxBufferSize: 1400, bufferFlushInterval: 20, errorHandler: error => { throw error; },
  });

  for (let i = 0; i < 3000; i++) {
    client.increment('orders', 1, { region: i % 2 ? 'eu' : 'us' });
    add(`hs_orders_total{env="test",region="${i % 2 ? 'eu' : 'us'}"}`, 1);
    const before = sent;
    client.increment('sampled', 2, 0.25);
    add('hs_sampled_total{env="test"}', 8 * (sent - before));
    if (i % 500 === 499) await wait();
  }

  client.decrement('stock', 7);
  totals.set('hs_stock_decrements_total{env="test"}', 7);

  for (let i = 0; i < 1000; i++) {
    client.timing('checkout', 125 * (i % 8), ['region:eu']);
    add('hs_checkout_seconds_sum{env="test",region="eu"}', 0.125 * (i % 8));
    add('hs_checkout_seconds_count{env="test",region="eu"}', 1);
    client.histogram('basket', (i % 16) / 4);
    add('hs_basket_sum{env="test"}', (i % 16) / 4);
    add('hs_basket_count{env="test"}', 1);
    const before = sent;
    client.distribution('size', 2, 0.5);
    add('hs_size_sum{env="test"}', 4 * (sent - before));
    add('hs_size_count{env="test"}', 2 * (sent - before));
    client.set('customers', `customer:${i % 77}`);
    if (i % 250 === 249) await wait();
  }
  totals.set('hs_customers{env="test"}', 77);

  // With DogStatsD a sign is a part of the value.
  client.gauge('celsius', 30);
  client.gauge('celsius', -17.5);
  totals.set('hs_celsius{env="test"}', -17.5);

  client.event('Deployed', 'two\nlines', { alert_type: 'warning', priority: 'low' });
  client.event('größer', 'als 5 €', { alert_type: 'success' }); // Its lengths are of characters, not of bytes.
  client.event('Plain', 'text');
  totals.set('statsd_gateway_events_total{alert_type="warning"}', 1);
  totals.set('statsd_gateway_events_total{alert_type="success"}', 1);
  totals.set('statsd_gateway_events_total{alert_type="info"}', 1);
  client.check('database', client.CHECKS.CRITICAL, { hostname: 'db-1', message: 'away' }, ['region:eu']);
  client.check('database', client.CHECKS.OK);
  totals.set('statsd_gateway_service_checks_total{status="critical"}', 1);
  totals.set('statsd_gateway_service_checks_total{status="ok"}', 1);

  // With a time and a cardinality of its own; a child with a tag in place of a global one; and what a name and a tag may not hold.
  client.increment('stamped', 4, { timestamp: new Date(), cardinality: 'low', tags: ['a'] });
  totals.set('hs_stamped_total{a="true",env="test"}', 4);
  client.childClient({ prefix: 'child.', globalTags: { env: 'prod' } }).increment('odd:name|c', 5, ['a,b:c|d']);
  await wait();

  for (const [series, value] of totals) console.log(`expect ${series} ${value}`);
  console.log('done');
  client.close(() => process.exit(0));
}

main();
