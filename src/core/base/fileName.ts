/** What a person called something, as the beginning of a file's name: `moby-dick`. @param otherwise where no letter of it can be */
export const fileName = (name: string, otherwise: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 60)
    .replace(/-+$/, '') || otherwise;

/**
 * A name as it is shown: characters that cannot be seen and change how it reads by their codes (`annual`, U+202E,
 * `txt.exe` reads as `annualexe.txt`). Joiners, which letters and emoji are written with, stay.
 */
export const visibleName = (name: string): string =>
  name.replace(UNSEEN, (character) => `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`);
/** Controls, line ends, marks of direction, and what has no width. */
const UNSEEN = /[\0-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;
