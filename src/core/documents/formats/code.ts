/** Source code as plain text, with its programming language as a field. */
import { PROGRAMMING_LANGUAGES } from './programmingLanguages';
import { loadedText, type TextFormat } from './format';

const LANGUAGE_BY_ENDING = new Map(
  Object.entries(PROGRAMMING_LANGUAGES).flatMap(([language, endings]) =>
    endings.split(' ').map((ending) => [ending, language] as const),
  ),
);

export const code: TextFormat = {
  label: 'Source code',
  endings: [...LANGUAGE_BY_ENDING.keys()],
  ...loadedText(async () => ({ read: (await import('../decode')).decodeCode })),
  fields(name) {
    const language = LANGUAGE_BY_ENDING.get(/\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase() ?? '');
    return language === undefined ? {} : { code: language };
  },
};
