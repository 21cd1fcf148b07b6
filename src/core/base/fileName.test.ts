import { expect, test } from 'vitest';
import { fileName } from './fileName';

test('a file is called in letters, digits and single dashes, at most 60 of them', () => {
  expect(fileName('Zwölf  Gründe: „Moby-Dick“!', 'model')).toBe('zwolf-grunde-moby-dick');
  expect(fileName(`${'a'.repeat(59)} very long name`, 'model')).toBe('a'.repeat(59));
  expect(fileName('鲸鱼', 'model')).toBe('model');
});
