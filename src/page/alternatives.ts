/** Shows alternative tokens at one position. */
import { formatShare } from '../core/base/units';
import { element } from './card';
import { elementById } from './elementById';

export interface Alternative {
  id: number;
  /** Null for bytes that aren't whole characters. */
  text: string | null;
  probability: number;
}

/** Shows the alternatives. `take`: lets a person choose one in place of the current one. */
export function showAlternatives(
  title: string,
  rows: readonly Alternative[],
  chosen: number,
  take?: (at: number) => void,
): void {
  const max = Math.max(...rows.map((row) => row.probability));
  elementById('alternatives-title', HTMLElement).textContent = title;
  elementById('rows', HTMLElement).replaceChildren(
    ...rows.map((row, at) => {
      const bar = element('span');
      bar.className = 'bar';
      bar.style.width = `${(100 * row.probability) / max}%`;
      const name = element('th', take && row.id !== chosen ? taking(row, () => take(at)) : chip(row.text));
      name.scope = 'row';
      if (row.id === chosen) name.append(' chosen');
      const number = element('td', formatShare(row.probability));
      number.className = 'number';
      const line = element('tr', name, element('td', bar), number);
      if (row.id === chosen) line.className = 'chosen';
      return line;
    }),
  );
  elementById('alternatives', HTMLElement).hidden = false;
}

function taking({ text }: Alternative, take: () => void): HTMLElement {
  const button = element('button', chip(text));
  button.type = 'button';
  button.className = 'take';
  button.ariaLabel = `Use ${text?.trim() || 'this token'}`;
  button.addEventListener('click', take);
  return button;
}

/** Shows a leading space as `·` and a newline as `↵`. */
function chip(text: string | null): HTMLElement {
  const made = element(
    'span',
    text === null ? 'byte' : text === '' ? 'end' : text.replace(/^ /, '·').replaceAll('\n', '↵'),
  );
  made.className = 'chip';
  return made;
}
