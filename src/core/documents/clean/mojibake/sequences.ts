/**
 * Patterns of UTF-8 characters: decoded with another encoding, and as bytes that other software changed.
 *
 * Source: ftfy 6.3.1 (Robyn Speer; Apache License 2.0), ftfy/chardata.py.
 */

/** Characters that lead bytes of 2-, 3- and 4-byte sequences are decoded as. */
const firstOf2 =
  'ĂÂÄĀÅÃÆĆČÇĎĐÉĚÊËĖÈĒĘÐĞĢÍÎÏİÌĪĶĹĻŁŃŇŅÑÓÔÖŐÒŌØÕŘŚŠŞŢÞÚÛÜŰÙŪŲŮÝŹŽŻß×ΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΪΫάέήίВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ';
const firstOf3 = 'áăâäàāąåãæćčçďéěêëėèēęęģíîïìīįķĺļŕźΰαβγδεζηθικλμνξοабвгдежзийклмноп';
const firstOf4 = 'đðğóšπσру';
/** Characters that continuation bytes are decoded as, and a space, which often replaces U+00A0. */
const continuation =
  '\u0080-¿ ĄÆĽŁØŖŚŠŞŤŸŹŽŻŒąæƒľłøŗśšşťźžżœˆˇ˘˛˜˝΄΅ΆΈΉΊΌΎΏЁЂЃЄЅІЇЈЉЊЋЌЎЏёђѓєѕіїјљњћќўџҐґ–—―‘’‚“”„†‡•…‰‹›€№™';
/** The same, without characters that are common in text. */
const continuationStrict =
  '\u0080-¿ĄÆĽŁØŖŚŠŞŤŸŹŽŻŒąæƒľłøŗśšşťźžżœˆˇ˘˛˜˝΄΅ΆΈΉΊΌΎΏЁЂЃЄЅІЇЈЉЊЋЌЎЏёђѓєѕіїјљњћќўџҐґ†‡‰‹›€№™';

/** Consecutive sequences are one match. */
export const LOOKS_LIKE_UTF8 = new RegExp(
  `(?<![${continuationStrict}])(?:[${firstOf2}][${continuation}]|[${firstOf3}][${continuation}]{2}|[${firstOf4}][${continuation}]{3})+`,
  'g',
);

/** Likely byte sequences, one character per byte, in which A0 became a space. */
export const WITH_A_SPACE =
  /[\xc2\xc3\xc5\xce\xd0\xd9] |[\xe2\xe3] [\x80-\x84\x86-\x9f\xa1-\xbf]|[\xe0-\xe3][\x80-\x84\x86-\x9f\xa1-\xbf] |\xf0 [\x80-\xbf][\x80-\xbf]|\xf0[\x80-\xbf] [\x80-\xbf]|\xf0[\x80-\xbf][\x80-\xbf] /g;
/** à as a word whose own space also remained, except at the start of some Portuguese words. */
export const A_GRAVE = /\xc3 (?! |quele|quela|quilo|s )/g;
/** Byte sequences with a question mark or U+FFFD (here 1A) in place of some bytes. */
export const LOSSY =
  /[\xc2-\xdf]\x1a|[\xc2-\xc3]\?|\xed[\xa0-\xaf][\x1a?]\xed[\xb0-\xbf][\x1a?\x80-\xbf]|\xed[\xa0-\xaf][\x1a?\x80-\xbf]\xed[\xb0-\xbf][\x1a?]|[\xe0-\xef][\x1a?][\x1a\x80-\xbf]|[\xe0-\xef][\x1a\x80-\xbf][\x1a?]|[\xf0-\xf4][\x1a?][\x1a\x80-\xbf][\x1a\x80-\xbf]|[\xf0-\xf4][\x1a\x80-\xbf][\x1a?][\x1a\x80-\xbf]|[\xf0-\xf4][\x1a\x80-\xbf][\x1a\x80-\xbf][\x1a?]|\x1a/g;
