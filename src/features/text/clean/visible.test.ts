import { expect, test } from 'vitest';
import { visible } from './visible';

test('shows an invisible character as itself: a form feed is not a NUL', () => {
  expect(visible('a b\tc\r\n\f\0\x1b\x7f\u00ad\ufeff')).toBe('a·b⇥c␍↵\n␌␀␛␡‧␣');
});
