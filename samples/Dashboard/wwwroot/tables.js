// A table that makes its header, sorts by the header's buttons and filters by a text. Rows keep their place in the document while they are updated.
import { element, setText } from './format.js';

export class DataTable {
  constructor(table, columns, sort, descending, key) {
    Object.assign(this, { columns, sort, descending, key, rows: [], text: '', shown: 0 });
    this.body = table.tBodies[0];
    this.onShown = () => {};
    this.headers = columns.map(column => {
      const header = element('th', undefined, column.number ? 'number' : '');
      const button = element('button', column.label);
      button.type = 'button';
      button.addEventListener('click', () => this.sortBy(column.key));
      header.scope = 'col';
      header.dataset.key = column.key;
      header.append(button);
      return header;
    });
    table.createTHead().insertRow().append(...this.headers);
    this.mark();
  }

  update(rows) {
    this.rows = rows;
    this.render();
  }

  filter(text) {
    this.text = text.trim().toLowerCase();
    this.render();
  }

  sortBy(key) {
    const again = key === this.sort;
    this.descending = again ? !this.descending : this.columns.find(column => column.key === key).number === true;
    this.sort = key;
    this.mark();
    this.render();
  }

  mark() {
    for (const header of this.headers) {
      header.setAttribute('aria-sort', header.dataset.key !== this.sort ? 'none' : this.descending ? 'descending' : 'ascending');
    }
  }

  render() {
    const factor = this.descending ? -1 : 1;
    const compare = (a, b) => {
      const [left, right] = [a[this.sort], b[this.sort]];
      const order = typeof left === 'number' && typeof right === 'number' ? left - right : String(left ?? '').localeCompare(String(right ?? ''));
      return factor * order || String(a[this.key]).localeCompare(String(b[this.key]));
    };
    const matching = this.rows
      .filter(row => this.text === '' || this.columns.some(column => column.text(row).toLowerCase().includes(this.text)))
      .sort(compare);
    this.shown = matching.length;
    fill(this.body, matching, this.columns, this.rows.length === 0 ? 'Nothing yet.' : 'Nothing matches.');
    this.onShown(matching.length);
  }
}

/** Writes rows into a table's body, reusing what is there. */
export function fill(body, rows, columns, empty) {
  if (rows.length === 0) {
    const row = element('tr', undefined, 'empty');
    const cell = element('td', empty);
    cell.colSpan = columns.length;
    row.append(cell);
    body.replaceChildren(row);
    return;
  }

  if (body.firstChild?.className === 'empty') {
    body.replaceChildren();
  }

  while (body.children.length > rows.length) {
    body.lastChild.remove();
  }

  rows.forEach((row, i) => {
    let line = body.children[i];
    if (!line) {
      line = element('tr');
      line.append(...columns.map(() => element('td')));
      body.append(line);
    }

    columns.forEach((column, j) => {
      const cell = line.children[j];
      const className = [column.number ? 'number' : '', column.className ?? '', column.tone?.(row) ?? ''].join(' ').trim();
      if (cell.className !== className) {
        cell.className = className;
      }

      setText(cell, column.text(row));
    });
  });
}
