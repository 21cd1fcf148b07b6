/**
 * Detects adjacent characters that are typical of UTF-8 decoded with the wrong encoding, and rare in real text.
 *
 * Source: the heuristic of ftfy 6.3.1 (Robyn Speer; Apache License 2.0), ftfy/badness.py: about 400 characters by
 * kind, and the pairs of kinds that don't occur in real text.
 */

const common = '\u00a0\u00ad·´–—―…’';
const c1 = '\u0080-\u009f';
const bad = '¦¤¨¬¯¸ƒˆˇ˘˛˜†‡‰⌐◊�ªº';
const law = '¶§';
const currency = '¢£¥₧€';
const startPunctuation = '¡«¿©΄΅‘‚“„•‹\uf8ff';
const endPunctuation = '®»˝”›™';
const numeric = '²³¹±¼½¾×µ÷⁄∂∆∏∑√∞∩∫≈≠≡≤≥№';
const kaomoji = 'Ò-ÖÙ-Üò-öø-üŐŌŪŲ°';
const upperAccented = 'À-ÑØÜÝĂĀĄĆČĎĐĘĚĒĖĞĢİĪĶĹĽŁĻŃŇŅŒŘŚŞŠŢŤŮŰŸŹŻŽҐ';
const lowerAccented = 'ßà-ñăąāćčďđęěēėğģįīķĺľłļœŕśşšťüźżžґﬁﬂ';
const upperCommon = 'ÞΑ-ΩΆΈΉΊΌΎΏΪΫЁ-Я';
const lowerCommon = 'α-ωάέήίΰа-џ';
const box = '│┌┐┘├┤┬┼═-╬▀▄█▌▐░▒▓';
const letterOrDigit = '[\\p{L}\\p{N}_]';
const space = '[\\s\\x1c-\\x1f\\x85]';

const accented = lowerAccented + upperAccented;
const arabic = `[ØÙ][${common}${currency}${bad}${numeric}${startPunctuation}ŸŠ®°µ»]`;
const unlikely = [
  `[${c1}]`,
  `[${bad}${accented}${box}${startPunctuation}${endPunctuation}${currency}${numeric}${law}][${bad}]`,
  `[a-zA-Z][${lowerCommon}${upperCommon}][${bad}]`,
  `[${bad}][${accented}${box}${startPunctuation}${endPunctuation}${currency}${numeric}${law}]`,
  `[${lowerAccented}${lowerCommon}${box}${endPunctuation}${currency}${numeric}][${upperAccented}]`,
  `[${box}${endPunctuation}${currency}${numeric}][${lowerAccented}]`,
  `[${lowerAccented}${box}${endPunctuation}][${currency}]`,
  `${space}[${upperAccented}][${currency}]`,
  `[${upperAccented}${box}][${numeric}${law}]`,
  `[${accented}${box}${currency}${endPunctuation}][${startPunctuation}][${numeric}]`,
  `[${accented}${currency}${numeric}${box}${law}][${endPunctuation}][${startPunctuation}]`,
  `[${currency}${numeric}${box}][${startPunctuation}]`,
  `[a-z][${upperAccented}][${startPunctuation}${currency}]`,
  `[${box}][${kaomoji}]`,
  `[${accented}${currency}${numeric}${startPunctuation}${endPunctuation}${law}][${box}]`,
  `[${box}][${endPunctuation}]`,
  `[${accented}][${startPunctuation}${endPunctuation}]${letterOrDigit}`,
  '[Œœ][^A-Za-z]',
  `[${upperAccented}]°`,
  // Decoded as Windows-1252: two characters that the patterns above miss, Arabic, South Asian letters
  `[ÂÃÎÐ][€œŠš¢£Ÿž\u00a0\u00ad®©°·»${startPunctuation}${endPunctuation}–—´]`,
  '×[²³]',
  arabic + arabic,
  'à[²µ¹¼½¾]',
  // as Mac Roman
  '√[±∂†≠®™´≤≥¥µø]',
  '≈[°¢]',
  '‚Ä[ìîïòôúùû†°¢π]',
  '‚[âó][àä°ê]',
  // as Windows-1251: U+2000 and above; Latin-1 and Cyrillic; Windows-1251 decoded twice
  'вЂ',
  `[ВГРС][${c1}${bad}${startPunctuation}${endPunctuation}${currency}°µ][ВГРС]`,
  'ГўВЂВ.[A-Za-z ]',
  // à, á and the no-break space
  'Ã[\u00a0¡]',
  `[a-z]${space}?[ÃÂ] `,
  '^[ÃÂ] ',
  `[a-z.,?!${endPunctuation}]Â[ ${startPunctuation}${endPunctuation}]`,
  // as Windows-1253 and Windows-1257
  'β€[™\u00a0Ά\u00ad®°]',
  `[ΒΓΞΟ][${c1}${bad}${startPunctuation}${endPunctuation}${currency}°][ΒΓΞΟ]`,
  'ā€',
].join('|');
const ONCE = new RegExp(unlikely, 'u');
const EACH = new RegExp(unlikely, 'gu');

/** Whether a line has an unlikely sequence. */
export const isBad = (line: string): boolean => ONCE.test(line);
/** Number of unlikely sequences in a line. */
export const badness = (line: string): number => line.match(EACH)?.length ?? 0;

/**
 * Index of the next character of a kind that every unlikely sequence contains; -1 if there is none.
 */
export function nextSuspect(text: string, from: number): number {
  SUSPECT.lastIndex = from;
  return SUSPECT.exec(text)?.index ?? -1;
}
const SUSPECT = new RegExp(`[^\\0-\\x7f${common}${startPunctuation}${endPunctuation}]`, 'g');
