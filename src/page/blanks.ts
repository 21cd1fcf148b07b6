/** Shows a passage with a word in each blank. Clicking a word shows its alternatives and lets a person choose one. */
import { formatCount, formatShare } from '../core/base/units';
import type { Filled } from '../core/sample/candidates';
import { showAlternatives } from './alternatives';
import { element } from './card';
import { elementById } from './elementById';

export interface Blanks {
  clear(): void;
  show(filled: Filled): void;
  text(): string;
}

export function blankList(): Blanks {
  const place = elementById('blanks', HTMLElement);
  let filled: Filled = { pieces: [], blanks: [] };
  /** Index of the chosen candidate of each blank. */
  let choices: number[] = [];

  const wordOf = (blank: number) => filled.blanks[blank]![choices[blank]!]!;

  function draw(chosen?: number): void {
    const parts = filled.pieces.flatMap((piece, i) => (i < choices.length ? [piece, ...blankOf(i, chosen)] : [piece]));
    place.replaceChildren(...parts);
  }
  function blankOf(i: number, chosen: number | undefined): (string | HTMLElement)[] {
    const { text, probability } = wordOf(i);
    const word = text.trimStart();
    const share = element('small', formatShare(probability));
    const button = element('button', word === '' ? '\u00a0' : word, share);
    button.type = 'button';
    button.id = `blank-${i}`;
    button.className = 'blank';
    button.ariaPressed = String(i === chosen);
    button.ariaLabel = `Blank ${formatCount(i + 1)}: ${word}, ${share.textContent}`;
    button.addEventListener('click', () => choose(i));
    return [text.slice(0, text.length - word.length), button];
  }
  function choose(blank: number): void {
    draw(blank);
    elementById(`blank-${blank}`, HTMLElement).focus();
    showAlternatives(`Blank ${formatCount(blank + 1)}`, filled.blanks[blank]!, wordOf(blank).id, (at) => {
      choices[blank] = at;
      choose(blank);
    });
  }

  return {
    clear() {
      place.hidden = true;
      elementById('alternatives', HTMLElement).hidden = true;
    },
    show(next) {
      filled = next;
      choices = next.blanks.map(() => 0);
      draw();
      place.hidden = false;
    },
    text: () => filled.pieces.map((piece, i) => piece + (i < choices.length ? wordOf(i).text : '')).join(''),
  };
}
