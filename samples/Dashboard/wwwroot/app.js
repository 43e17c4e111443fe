// The page: what the server's events become.
import { Alerts } from './alerts.js';
import { FaultChart, LineChart, StateChart } from './charts.js';
import { bytes, count, figure, percent, setText } from './format.js';
import { Messages } from './messages.js';
import { openStream } from './stream.js';
import { DataTable } from './tables.js';

const byId = id => document.getElementById(id);
const calm = matchMedia('(prefers-reduced-motion: reduce)');

const rate = new LineChart('chart-rate', 'Rate of datagrams', [{ label: 'datagrams/s', color: 'c-accent', value: point => point.perSecond, area: true }], figure, { least: 10 });
const loss = new LineChart('chart-loss', 'Loss', [{ label: 'of the last 2 s', color: 'c-bad', value: point => point.loss, area: true }], percent, { least: 0.01, axis: value => figure(value * 100) + ' %' });
const jitter = new LineChart('chart-jitter', 'Jitter', [
  { label: 'worst peer', color: 'c-second', value: point => point.worstJitter },
  { label: 'mean', color: 'c-accent', value: point => point.jitter, area: true },
], value => figure(value) + ' ms', { least: 1, axis: value => figure(value) + ' ms' });
const faults = new FaultChart('chart-faults', 'Faults by reason');
const states = new StateChart('chart-state', 'State of the link');

const peers = new DataTable(byId('peers-table'), [
  { key: 'source', label: 'Name', text: row => row.source || '–' },
  { key: 'peer', label: 'Endpoint', text: row => row.peer },
  { key: 'state', label: 'State', text: row => row.state, tone: row => (row.state === 'Alive' || row.state === 'Joined' ? 'tone-good' : 'tone-bad') },
  { key: 'perSecond', label: 'Rate', text: row => figure(row.perSecond), number: true },
  { key: 'received', label: 'Received', text: row => count(row.received), number: true },
  { key: 'lost', label: 'Lost', text: row => count(row.lost), number: true },
  { key: 'loss', label: 'Loss', text: row => percent(row.loss), number: true, tone: row => (row.loss > 0.08 ? 'tone-bad' : row.loss > 0.02 ? 'tone-warn' : '') },
  { key: 'duplicates', label: 'Duplicates', text: row => count(row.duplicates), number: true },
  { key: 'late', label: 'Late', text: row => count(row.late), number: true },
  { key: 'jitter', label: 'Jitter', text: row => figure(row.jitter) + ' ms', number: true },
  { key: 'roundTrip', label: 'Round trip', text: row => (row.roundTrip === null ? '–' : figure(row.roundTrip) + ' ms'), number: true },
  { key: 'clockOffset', label: 'Clock', text: row => (row.clockOffset === null ? '–' : (row.clockOffset > 0 ? '+' : '') + figure(row.clockOffset) + ' ms'), number: true },
  { key: 'quiet', label: 'Quiet', text: row => figure(row.quiet) + ' s', number: true },
], 'perSecond', true, 'peer');
let known = 0;
peers.onShown = shown => setText(byId('peers-count'), `${count(shown)} of ${count(known)} shown`);
byId('peers-filter').addEventListener('input', event => peers.filter(event.target.value));

const column = (label, key = label.toLowerCase()) => ({ key, label, number: true, text: row => (row[key] === null ? '–' : figure(row[key]) + ' ' + row.unit) });
const windows = new DataTable(byId('windows'), [
  { key: 'name', label: 'Window', text: row => `${row.name} (${row.seconds} s)` },
  { key: 'count', label: 'Count', number: true, text: row => count(row.count) },
  ...['Mean', 'P50', 'P90', 'P95', 'P99', 'Max'].map(label => column(label)),
], 'name', false, 'name');

const messages = new Messages();
const alerts = new Alerts();
let points = [];
let span = 60000;
let kept = 240;
let drawn = 0;

function draw(totals) {
  // Who wants less motion gets a chart that steps once a second.
  if (calm.matches && performance.now() - drawn < 1000) {
    return;
  }

  drawn = performance.now();
  for (const chart of [rate, loss, jitter, states]) {
    chart.update(points, span);
  }

  faults.update(points, span, totals.faults);
}

function showLink({ point, totals }) {
  if (points.length > 0 && point.at < points.at(-1).at - 5000) {
    // The server's clock was set back: what was drawn has times that are yet to come.
    points = [];
  }

  if (points.length === 0 || point.at > points.at(-1).at) {
    points.push(point);
    points.splice(0, points.length - kept);
  }

  byId('state').dataset.state = point.state;
  setText(byId('state-text'), point.state);
  setText(byId('rate'), figure(point.perSecond));
  setText(byId('loss'), percent(point.loss));
  setText(byId('jitter'), figure(point.jitter));
  setText(byId('peers'), count(totals.peers));
  setText(byId('received'), count(totals.received));
  setText(byId('bytes'), bytes(totals.bytes));
  setText(byId('delivered'), count(totals.delivered));
  setText(byId('dropped'), count(totals.dropped));
  setText(byId('lost'), count(totals.lost));
  setText(byId('duplicates'), count(totals.duplicates));
  setText(byId('late'), count(totals.late));
  draw(totals);
}

function showConnection(state) {
  const badge = byId('connection');
  badge.dataset.state = state;
  setText(badge, state);
  const lost = state === 'disconnected';
  byId('banner').hidden = !lost;
  setText(byId('banner'), lost ? 'The server does not answer. What you see is old; the page tries again by itself.' : '');
  byId('main').classList.toggle('stale', lost);
}

openStream('/events', {
  hello(hello) {
    points = hello.points;
    kept = hello.pointsKept;
    span = kept * hello.tickMilliseconds;
    messages.reset();
    alerts.reset();
    setText(byId('origin'), `${hello.origin} · ${hello.endpoint} · frames ${hello.frame} · codec ${hello.codec}`);
  },
  link: showLink,
  peers(update) {
    known = update.known;
    peers.update(update.rows);
  },
  windows: update => windows.update(update.rows),
  alerts: update => alerts.update(update),
  messages: update => messages.add(update),
}, showConnection);
