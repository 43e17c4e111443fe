// Small moving charts in SVG: lines with an area, or stacked bars, over the last minute. Each says in words what it shows.
import { element, setText, short, time } from './format.js';

const left = 44;
const bottom = 18;
const top = 8;
const right = 6;

function svg(name, attributes = {}, text) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }

  if (text !== undefined) {
    made.textContent = text;
  }

  return made;
}

/** The next number of the form 1, 2 or 5 times a power of ten. */
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  const digit = value / power;
  return (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10) * power;
}

class Chart {
  constructor(id, title) {
    this.figure = document.getElementById(id);
    this.title = title;
    this.root = svg('svg', { role: 'img', 'aria-label': title + ': no data yet' });
    this.figure.append(this.root);
    this.legend = this.figure.querySelector('.legend');
    this.points = [];
    this.span = 60000;
    this.described = 0;
    this.hover = null;
    new ResizeObserver(() => this.draw()).observe(this.root);
    this.root.addEventListener('pointermove', event => this.point(event.offsetX));
    this.root.addEventListener('pointerleave', () => this.point(null));
  }

  update(points, span) {
    this.points = points;
    this.span = span;
    this.draw();
  }

  point(x) {
    this.hover = x;
    this.draw();
  }

  draw() {
    const width = this.root.clientWidth;
    const height = this.root.clientHeight;
    if (width === 0 || this.points.length === 0) {
      return;
    }

    this.root.setAttribute('viewBox', `0 0 ${width} ${height}`);
    const end = this.points.at(-1).at;
    const area = { left, top, right: width - right, bottom: height - bottom };
    const x = at => area.right - ((end - at) / this.span) * (area.right - area.left);
    const visible = this.points.filter(point => point.at > end - this.span);
    const nodes = this.plot(visible, area, x);
    for (const [part, label, anchor] of [[0, 'now', 'end'], [0.5, `${Math.round(this.span / 2000)} s ago`, 'middle'], [1, `${Math.round(this.span / 1000)} s ago`, 'start']]) {
      nodes.push(svg('text', { x: area.right - part * (area.right - area.left), y: height - 4, 'text-anchor': anchor, class: 'axis' }, label));
    }

    const chosen = this.chosen(visible, x);
    if (chosen) {
      nodes.push(svg('line', { x1: x(chosen.at), x2: x(chosen.at), y1: area.top, y2: area.bottom, class: 'cross' }));
    }

    this.root.replaceChildren(...nodes);
    this.tell(chosen ?? visible.at(-1), chosen ? time(chosen.at) : null);
    if (performance.now() - this.described > 2000) {
      this.described = performance.now();
      this.root.setAttribute('aria-label', `${this.title}: ${this.describe(visible)}`);
    }
  }

  chosen(visible, x) {
    return this.hover === null ? null : visible.reduce((best, point) => (Math.abs(x(point.at) - this.hover) < Math.abs(x(best.at) - this.hover) ? point : best));
  }

  tell(point, at) {
    const items = this.items(point);
    if (at) {
      items.unshift({ label: at, text: '' });
    }

    while (this.legend.children.length > items.length) {
      this.legend.lastChild.remove();
    }

    items.forEach((item, i) => {
      let entry = this.legend.children[i];
      if (!entry) {
        entry = element('span');
        entry.append(element('i'), element('span'), ' ', element('b'));
        this.legend.append(entry);
      }

      const [swatch, label, value] = entry.children;
      swatch.hidden = !item.color;
      swatch.className = item.color ?? '';
      setText(label, item.label);
      setText(value, item.text);
    });
  }

  scale(area, most, format, marks = [0, 0.5, 1]) {
    const nodes = [];
    for (const part of marks) {
      const y = area.bottom - part * (area.bottom - area.top);
      nodes.push(svg('line', { x1: area.left, x2: area.right, y1: y, y2: y, class: 'grid' }));
      nodes.push(svg('text', { x: area.left - 6, y: y + 4, 'text-anchor': 'end', class: 'axis' }, format(most * part)));
    }

    return nodes;
  }
}

/** One or two lines. A series: label, color, value of a point. */
export class LineChart extends Chart {
  constructor(id, title, series, format, { least = 1, axis = short } = {}) {
    super(id, title);
    Object.assign(this, { series, format, least, axis });
  }

  plot(visible, area, x) {
    const most = roundUp(Math.max(this.least, ...this.series.flatMap(series => visible.map(series.value))));
    const y = value => area.bottom - (Math.min(value, most) / most) * (area.bottom - area.top);
    const nodes = this.scale(area, most, this.axis);
    for (const series of this.series) {
      const path = visible.map((point, i) => `${i === 0 ? 'M' : 'L'}${x(point.at).toFixed(1)} ${y(series.value(point)).toFixed(1)}`).join('');
      if (series.area) {
        nodes.push(svg('path', { d: `${path}V${area.bottom}H${x(visible[0].at).toFixed(1)}Z`, class: 'area ' + series.color }));
      }

      nodes.push(svg('path', { d: path, class: 'line ' + series.color }));
    }

    return nodes;
  }

  items(point) {
    return this.series.map(series => ({ color: series.color, label: series.label, text: this.format(series.value(point)) }));
  }

  describe(visible) {
    return this.series.map(series => {
      const values = visible.map(series.value);
      return `${series.label} now ${this.format(values.at(-1))}, from ${this.format(Math.min(...values))} to ${this.format(Math.max(...values))} in the last minute`;
    }).join('; ');
  }
}

/** Bars of a second, stacked by reason. Reasons keep their color while the page is open. */
export class FaultChart extends Chart {
  constructor(id, title) {
    super(id, title);
    this.colors = new Map();
    this.totals = {};
  }

  update(points, span, totals) {
    this.totals = totals;
    super.update(points, span);
  }

  color(reason) {
    if (!this.colors.has(reason)) {
      this.colors.set(reason, 'c-fault-' + Math.min(this.colors.size, 5));
    }

    return this.colors.get(reason);
  }

  plot(visible, area, x) {
    const bars = new Map();
    for (const point of visible) {
      const second = Math.floor(point.at / 1000) * 1000;
      const bar = bars.get(second) ?? {};
      for (const [reason, count] of Object.entries(point.faults)) {
        bar[reason] = (bar[reason] ?? 0) + count;
      }

      bars.set(second, bar);
    }

    const sum = bar => Object.values(bar).reduce((a, b) => a + b, 0);
    const most = roundUp(Math.max(4, ...[...bars.values()].map(sum)));
    const nodes = this.scale(area, most, short, most % 2 === 0 ? [0, 0.5, 1] : [0, 1]);
    const width = Math.max(1, (area.right - area.left) * 1000 / this.span - 1.5);
    for (const [second, bar] of bars) {
      let y = area.bottom;
      for (const [reason, count] of Object.entries(bar)) {
        const height = count / most * (area.bottom - area.top);
        y -= height;
        const start = Math.max(area.left, x(second));
        const length = Math.min(area.right, x(second) + width) - start;
        if (length > 0) {
          nodes.push(svg('rect', { x: start.toFixed(1), y: y.toFixed(1), width: length.toFixed(1), height: height.toFixed(1), class: 'fill ' + this.color(reason) }));
        }
      }
    }

    return nodes;
  }

  items() {
    const reasons = Object.entries(this.totals);
    return reasons.length === 0 ? [{ label: 'none', text: '' }] : reasons.map(([reason, count]) => ({ color: this.color(reason), label: reason, text: short(count) }));
  }

  describe() {
    const reasons = Object.entries(this.totals);
    return reasons.length === 0 ? 'none since the link was opened' : reasons.map(([reason, count]) => `${reason} ${count}`).join(', ') + ' since the link was opened';
  }
}

const stateColors = { Connected: 'c-good', Connecting: 'c-warn', Reconnecting: 'c-warn', Disconnected: 'c-warn', Error: 'c-bad', Closed: 'c-bad' };

/** The state as a band. */
export class StateChart extends Chart {
  plot(visible, area, x) {
    const nodes = [];
    let from = visible[0];
    visible.forEach((point, i) => {
      const last = i === visible.length - 1;
      if (last || visible[i + 1].state !== from.state) {
        const end = x(last ? point.at : visible[i + 1].at);
        nodes.push(svg('rect', { x: x(from.at).toFixed(1), y: 0, width: Math.max(1, end - x(from.at)).toFixed(1), height: area.bottom - 2, rx: 3, class: 'fill ' + (stateColors[from.state] ?? 'c-warn') }));
        from = last ? from : visible[i + 1];
      }
    });
    return nodes;
  }

  items(point) {
    return [{ color: stateColors[point.state] ?? 'c-warn', label: point.state, text: '' }];
  }

  describe(visible) {
    const changes = visible.filter((point, i) => i > 0 && point.state !== visible[i - 1].state).length;
    return `${visible.at(-1).state}, ${changes === 0 ? 'unchanged' : changes + ' changes'} in the last minute`;
  }
}
