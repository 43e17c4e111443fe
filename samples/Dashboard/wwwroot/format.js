// Numbers and times as the page shows them.
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const one = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

export const count = value => whole.format(value);

export function figure(value) {
  if (value === null || value === undefined) {
    return '–';
  }

  const size = Math.abs(value);
  return size >= 100 ? whole.format(value) : size >= 10 || Number.isInteger(value) ? one.format(value) : value.toFixed(2);
}

export const percent = value => (value * 100).toFixed(value >= 0.1 || value === 0 ? 1 : 2) + ' %';

export function bytes(value) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }

  return figure(value) + ' ' + units[unit];
}

export const time = at => clock.format(at);

export const timeExact = at => clock.format(at) + '.' + String(at % 1000).padStart(3, '0');

/** A number for an axis: short. */
export function short(value) {
  return value >= 1e6 ? figure(value / 1e6) + 'M' : value >= 1e4 ? figure(value / 1e3) + 'k' : value === 0 ? '0' : figure(value);
}

/** An element with text: never with markup, for texts come from the network. */
export function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) {
    made.textContent = text;
  }

  if (className) {
    made.className = className;
  }

  return made;
}

/** Sets a text only if it is another one, so that nothing is laid out or read aloud for nothing. */
export function setText(target, text) {
  if (target.textContent !== text) {
    target.textContent = text;
  }
}
