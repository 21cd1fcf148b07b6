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

test('characters are whole, whatever tokens they are made of, and say how many', () => {
  expect(words(html())).toBe('a 鯨 b');
  expect(words(html(0))).toBe('a 鯨 b');
  expect(html()).toMatch(/<sup[^>]*>3<\/sup>/);
  // Each token stays one to choose, and says what it is aloud.
  expect(html().match(/role="option"/g)).toHaveLength(5);
  expect(html()).toContain('aria-label="byte E9 of 鯨"');
});

test('the bytes of the selected character are shown', () => {
  for (const chosen of [1, 2, 3]) expect(words(html(chosen))).toBe('a E9AFA8鯨 b');
});

test('a character that is not at its end yet is not shown as something else', () => {
  expect(words(html(undefined, TOKENS.slice(0, 3)))).toBe('a ');
});

test('a right-to-left passage aligns right; the continuation of a prompt is in its paragraph', () => {
  expect(html(undefined, [{ text: 'שלום', step: 0 }])).toContain('dir="auto"');
  const tokens = [{ text: 'שלום', step: 0 }] as const;
  expect(renderToStaticMarkup(<TokenText label="t" form="underline" tokens={tokens} />)).not.toContain('dir=');
});
