import { expect, it } from 'vitest';
import { shown, shownInPassage } from './shown';

it('makes what cannot be seen visible, and keeps the rest', () => {
  expect(shown('a\tb\u0007\u007f\n')).toBe('a␉b␇␡\n');
  expect(shown(' word')).toBe(' word');
  expect(shownInPassage(' word')).toBe(' word');
  expect(shownInPassage('   ')).toBe('···');
  expect(shownInPassage('\t')).toBe('␉');
  expect(shownInPassage('\n  ')).toBe('\n  ');
});
