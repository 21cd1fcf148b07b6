import { expect, test } from 'vitest';
import { fileName, visibleName } from './fileName';

test('a file name has letters, digits and single dashes, at most 60 characters', () => {
  expect(fileName('Zwölf  Gründe: „Moby-Dick“!', 'model')).toBe('zwolf-grunde-moby-dick');
  expect(fileName(`${'a'.repeat(59)} very long name`, 'model')).toBe('a'.repeat(59));
  expect(fileName('鲸鱼', 'model')).toBe('model');
});

test('shows invisible characters of a name by their codes, and changes nothing else', () => {
  expect(visibleName('annual\u202etxt.exe')).toBe('annual\\u202Etxt.exe');
  expect(visibleName('a\u200bb\ufeff\n\0.txt')).toBe('a\\u200Bb\\uFEFF\\u000A\\u0000.txt');
  for (const name of ['鲸鱼/Zwölf Gründe.txt', 'می\u200cخواهم.txt', '👩\u200d🚀.md', 'a b (1).csv'])
    expect(visibleName(name)).toBe(name);
});
