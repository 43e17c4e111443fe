// The latest messages: the newest first, bounded, paused and searched at will. How many the page did not get is said.
import { count, setText, timeExact } from './format.js';
import { fill } from './tables.js';

const kept = 200;

const columns = [
  { text: row => timeExact(row.at) },
  { text: row => row.source },
  { text: row => row.type },
  { text: row => (row.sequence === null ? '–' : String(row.sequence)), number: true },
  { text: row => row.verdict ?? '–', tone: row => (row.verdict && row.verdict !== 'in-order' ? 'tone-warn' : '') },
  { text: row => row.data, className: 'data' },
];

export class Messages {
  constructor() {
    this.body = document.querySelector('#messages tbody');
    this.counter = document.getElementById('messages-count');
    this.button = document.getElementById('messages-pause');
    this.search = document.getElementById('messages-search');
    this.button.addEventListener('click', () => this.pause(this.frozen === null));
    this.search.addEventListener('input', () => this.render());
    this.frozen = null;
    this.reset();
  }

  /** A new connection: what it tells begins anew. */
  reset() {
    this.rows = [];
    this.base = null;
    this.delivered = 0;
    this.shown = 0;
    this.sincePause = 0;
  }

  add(update) {
    if (this.base === null) {
      // What was before this page came is not missing.
      this.base = update.delivered;
    } else {
      this.shown += update.rows.length;
    }

    this.sincePause += update.rows.length;
    this.delivered = update.delivered - this.base;
    this.rows = update.rows.toReversed().concat(this.rows).slice(0, kept);
    this.render();
  }

  pause(paused) {
    this.frozen = paused ? this.rows : null;
    this.sincePause = 0;
    this.button.setAttribute('aria-pressed', String(paused));
    setText(this.button, paused ? 'Resume' : 'Pause');
    this.render();
  }

  render() {
    const text = this.search.value.trim().toLowerCase();
    const all = this.frozen ?? this.rows;
    const rows = text === '' ? all : all.filter(row => columns.some(column => column.text(row).toLowerCase().includes(text)));
    fill(this.body, rows, columns, all.length === 0 ? 'Nothing yet.' : 'Nothing matches.');
    const leftOut = Math.max(0, this.delivered - this.shown);
    const parts = [text === '' ? `${count(rows.length)} shown` : `${count(rows.length)} of ${count(all.length)} match`, `${count(leftOut)} left out`];
    if (this.frozen !== null) {
      parts.push(`paused, ${count(this.sincePause)} newer`);
    }

    setText(this.counter, parts.join(' · '));
  }
}
