import { expect, test } from 'vitest';
import { languageCode } from './languageCode';

test('a language is known by its code, its tag, and its name in English or in itself', () => {
  const names = ['de', 'de-AT', 'DE_ch', 'deu', 'ger', 'German', ' Deutsch ', 'English', 'français', '中文', 'iw'];
  expect(names.map(languageCode)).toEqual(['de', 'de', 'de', 'de', 'de', 'de', 'de', 'en', 'fr', 'zh', 'he']);
});

test('what is no language is none', () => {
  for (const name of ['', '5', 'und', 'Klingon', 'x-default', 'the', 'enough', 'en.'])
    expect(languageCode(name)).toBeUndefined();
});
