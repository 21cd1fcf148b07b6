import { expect, test } from 'vitest';
import { normalized, streamSafe } from './normalForm';

const BREAK = '\u034f';
const marks = (count: number): string => '\u0301\u0323'.repeat(count / 2);

test.each(['NFC', 'NFD', 'NFKC', 'NFKD'] as const)('%s equals the engine’s for up to 30 marks in a row', (form) => {
  for (const text of [
    'é'.normalize('NFD'),
    `e${marks(30)}`,
    `x${marks(30)}y${marks(30)}`,
    'かﾞ'.repeat(99),
    '\u0934\u093c\u094d'.repeat(99),
  ])
    // prettier-ignore
    expect(normalized(text, form)).toBe(text.normalize(form));
});

test('ends each run of 30 marks with a joiner', () => {
  expect(streamSafe(`e${marks(30)}`)).toBe(`e${marks(30)}`);
  expect(streamSafe(`e${marks(32)}`)).toBe(`e${marks(30)}${BREAK}${marks(2)}`);
  expect(streamSafe(marks(90))).toBe([marks(30), marks(30), marks(30)].join(BREAK));
  // The letter contains a mark itself, and marks of class 0 aren't sorted.
  expect(streamSafe(`é${marks(30)}`)).toBe(`é${marks(30).slice(0, -1)}${BREAK}${marks(30).slice(-1)}`);
  expect(streamSafe('क\u093e'.concat('\u0902'.repeat(99)))).toBe('क\u093e'.concat('\u0902'.repeat(99)));
  // Half-width marks become combining marks in NFKC.
  expect(streamSafe('か'.concat('ﾞ'.repeat(31)))).toBe(`か${'ﾞ'.repeat(30)}${BREAK}ﾞ`);
  const once = normalized(`e${marks(1000)}`, 'NFC');
  expect(normalized(once, 'NFC')).toBe(once);
});

test('takes linear time for long runs of marks', () => {
  // An engine takes 16 times as long for four times as many marks, and 20 s for these.
  const text = `e${marks(400_000)}`;
  expect(normalized(text, 'NFC').length).toBeGreaterThan(text.length);
}, 10_000);
