import { expect, it } from 'vitest';
import { showControls, shownInPassage, shownInTable } from './shown';

it('makes invisible characters visible, and keeps the rest', () => {
  expect(showControls('a\tb\u0007\u007f\n')).toBe('a␉b␇␡\n');
  expect(showControls(' word')).toBe(' word');
  expect(shownInPassage(' word')).toBe(' word');
  expect(shownInPassage('   ')).toBe('···');
  expect(shownInPassage('\t')).toBe('␉');
  expect(shownInPassage('\n  ')).toBe('\n  ');
});

it('abbreviates a long run of the same white space', () => {
  expect(shownInTable(' '.repeat(80))).toBe('·×80');
  expect(shownInTable('\n'.repeat(12) + 'a')).toBe('↵×12a');
  expect(shownInTable('\t'.repeat(9))).toBe('␉×9');
  expect(shownInTable(' word   ')).toBe(' word   ');
  expect(shownInTable('=====')).toBe('=====');
});
