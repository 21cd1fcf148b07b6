import { expect, test } from 'vitest';
import { languageCode } from './languageCode';

test('recognizes a language by its code, its tag, and its English or native name', () => {
  const names = ['de', 'de-AT', 'DE_ch', 'deu', 'ger', 'German', ' Deutsch ', 'English', 'français', '中文', 'iw'];
  expect(names.map(languageCode)).toEqual(['de', 'de', 'de', 'de', 'de', 'de', 'de', 'en', 'fr', 'zh', 'he']);
});

test('returns nothing for other words', () => {
  for (const name of ['', '5', 'und', 'Klingon', 'x-default', 'the', 'enough', 'en.'])
    expect(languageCode(name)).toBeUndefined();
});
