import { expect, test } from 'vitest';
import { visible } from './visible';

test('a character that nobody sees is seen as what it is: a form feed is no NUL', () => {
  expect(visible('a b\tc\r\n\f\0\x1b\x7f\u00ad\ufeff')).toBe('a·b⇥c␍↵\n␌␀␛␡‧␣');
});
