/** Shows generated tokens. Selecting one, by mouse or with ← →, shows its alternatives. */
import { formatCount, formatNumber } from '../core/base/units';
import { type Alternative, showAlternatives } from './alternatives';
import { element } from './card';
import { elementById } from './elementById';
import type { GeneratedToken } from './protocol';

export interface Tokens {
  clear(): void;
  add(token: GeneratedToken): void;
  text(): string;
}

/** @param vocabulary number of entries, the scale of surprisal */
export function tokenList(vocabulary: number): Tokens {
  const list = elementById('tokens', HTMLSpanElement);
  let written: GeneratedToken[] = [];
  let bits = 0;
  let chosen = -1;

  function choose(index: number): void {
    if (written.length === 0) return;
    list.children[chosen]?.setAttribute('aria-selected', 'false');
    chosen = Math.min(written.length - 1, Math.max(0, index));
    const option = list.children[chosen]!;
    option.setAttribute('aria-selected', 'true');
    option.scrollIntoView({ block: 'nearest' });
    list.setAttribute('aria-activedescendant', option.id);
    const token = written[chosen]!;
    showAlternatives(`Token ${formatCount(chosen + 1)}`, alternativesOf(token), token.id);
  }

  list.addEventListener('click', ({ target }) => {
    const at = [...list.children].indexOf(target as Element);
    if (at >= 0) choose(at);
  });
  list.addEventListener('keydown', (event) => {
    const next = { ArrowRight: chosen + 1, ArrowLeft: chosen - 1, Home: 0, End: written.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    choose(next);
  });

  return {
    clear() {
      written = [];
      bits = 0;
      chosen = -1;
      list.replaceChildren();
      list.removeAttribute('aria-activedescendant');
      for (const id of ['tokens', 'foot', 'alternatives'] as const) elementById(id, HTMLElement).hidden = true;
    },
    add(token) {
      const surprise = -Math.log2(Math.max(token.probability, Number.MIN_VALUE));
      bits += surprise;
      written.push(token);
      const share = surprise / Math.log2(vocabulary);
      const option = element('span', token.text);
      option.id = `token-${written.length}`;
      option.role = 'option';
      option.ariaSelected = 'false';
      option.className = `step${STEPS.filter((min) => share >= min).length}`;
      if (token.text.trim() === '') option.ariaLabel = spoken(token.text);
      list.append(option);
      list.hidden = false;
      elementById('foot', HTMLElement).hidden = false;
      elementById('bits', HTMLElement).textContent = `${formatNumber(bits / written.length)} bits per token`;
    },
    text: () => written.map(({ text }) => text).join(''),
  };
}

/** Thresholds of heavier underlines, as shares of a uniform model's bits. */
const STEPS = [0.1, 0.25, 0.45, 0.58] as const;

/** Name of an invisible token, in a word. */
const spoken = (text: string): string => (text === '' ? 'byte' : text.includes('\n') ? 'new line' : 'space');

function alternativesOf({ id, text, probability, alternatives }: GeneratedToken): readonly Alternative[] {
  const isListed = alternatives.some((other) => other.id === id);
  return isListed ? alternatives : [...alternatives, { id, text: text === '' ? null : text, probability }];
}
