import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { TokenText, type TokenView } from './Tokens';

/** `鯨` in three tokens of a byte each, between two words. */
const TOKENS: readonly TokenView[] = [
  { text: 'a ', step: 1 },
  { text: '', step: 0, bytes: 'E9' },
  { text: '', step: 4, bytes: 'AF' },
  { text: '鯨', step: 2, bytes: 'A8' },
  { text: ' b', step: 1 },
];
const html = (chosen?: number, tokens = TOKENS) =>
  renderToStaticMarkup(<TokenText label="t" tokens={tokens} chosen={chosen} onChoose={() => undefined} />);
const words = (markup: string) => markup.replace(/<sup.*?<\/sup>/g, '').replace(/<[^>]*>/g, '');

test('shows whole characters, however many tokens form them, and says how many', () => {
  expect(words(html())).toBe('a 鯨 b');
  expect(words(html(0))).toBe('a 鯨 b');
  expect(html()).toMatch(/<sup[^>]*>3<\/sup>/);
  // Each token stays selectable and has an accessible name.
  expect(html().match(/role="option"/g)).toHaveLength(5);
  expect(html()).toContain('aria-label="byte E9 of 鯨"');
});

test('shows the bytes of the selected character', () => {
  for (const chosen of [1, 2, 3]) expect(words(html(chosen))).toBe('a E9AFA8鯨 b');
});

test('shows no substitute for an incomplete character', () => {
  expect(words(html(undefined, TOKENS.slice(0, 3)))).toBe('a ');
});

test('aligns a right-to-left passage right, and keeps the continuation in the paragraph of its prompt', () => {
  expect(html(undefined, [{ text: 'שלום', step: 0 }])).toContain('dir="auto"');
  const tokens = [{ text: 'שלום', step: 0 }] as const;
  expect(renderToStaticMarkup(<TokenText label="t" form="underline" tokens={tokens} />)).not.toContain('dir=');
});
