/** Turns a name into the beginning of a file name: `moby-dick`. @param otherwise result if no character can be used */
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
 * Replaces invisible characters that change how a name reads by their codes (`annual`, U+202E, `txt.exe` reads as
 * `annualexe.txt`). Keeps joiners, which scripts and emoji need.
 */
export const visibleName = (name: string): string =>
  name.replace(UNSEEN, (character) => `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`);
/** Controls, line ends, direction marks and zero-width characters. */
const UNSEEN = /[\0-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;
