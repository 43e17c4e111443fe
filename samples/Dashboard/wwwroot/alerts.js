// Alerts: what is active, what changed, and a polite word to screen readers.
import { element, figure, percent, setText, time } from './format.js';

const words = { Firing: 'fires', NoData: 'has no data', Resolved: 'is over', Inactive: 'is over' };

const value = alert => (alert.value === null ? '' : alert.unit === 'ratio' ? percent(alert.value) : alert.unit === '' ? '' : `${figure(alert.value)} ${alert.unit}`);

const title = alert => alert.rule + (alert.key === '' ? '' : ` of ${alert.key}`);

function stamp(alert) {
  const made = element('time', time(alert.at));
  made.dateTime = new Date(alert.at).toISOString();
  return made;
}

export class Alerts {
  constructor() {
    this.active = document.getElementById('alerts-active');
    this.past = document.getElementById('alerts-past');
    this.counter = document.getElementById('alerts-count');
    this.announcer = document.getElementById('announcer');
    this.last = null;
  }

  reset() {
    this.last = null;
  }

  update(update) {
    setText(this.counter, update.active.length === 0 ? 'none active' : `${update.active.length} active`);
    this.active.replaceChildren(...(update.active.length === 0 ? [element('li', 'All is well.', 'quiet')] : update.active.map(alert => {
      const item = element('li');
      item.append(element('span', [title(alert), alert.state === 'Firing' ? value(alert) : 'no data'].filter(Boolean).join(' · ')), stamp(alert));
      return item;
    })));
    this.past.replaceChildren(...update.past.map(alert => {
      const item = element('li');
      item.append(element('b', alert.state, alert.state === 'Firing' ? 'tone-bad' : alert.state === 'NoData' ? 'tone-warn' : 'tone-good'), element('span', title(alert)), stamp(alert));
      return item;
    }));
    this.announce(update.past);
  }

  announce(past) {
    const latest = past.length === 0 ? 0 : past[0].number;
    if (this.last !== null && latest > this.last) {
      const news = past.filter(alert => alert.number > this.last).reverse();
      setText(this.announcer, news.map(alert => `Alert: ${title(alert)} ${words[alert.state] ?? alert.state}.`).join(' '));
    }

    this.last = latest;
  }
}
