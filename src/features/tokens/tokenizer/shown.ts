/** A token's text with its control characters as pictures (U+2400 and up), so that each can be seen; newlines are kept. */
export const shown = (text: string): string =>
  text.replace(CONTROL, (character) =>
    character === '\u007f' ? '\u2421' : String.fromCharCode(0x2400 + character.charCodeAt(0)),
  );
/** All but the newline, which is shown as ↵. */
const CONTROL = new RegExp('[\\u0000-\\u0009\\u000b-\\u001f\\u007f]', 'g');

/** As an entry of a table, whose columns stay in view: a long run of one white space is its mark and how many. */
export const shownInTable = (text: string): string =>
  shown(text).replace(LONG_RUN, (run) => `${run[0] === '\n' ? '↵' : run[0] === ' ' ? '·' : run[0]!}×${run.length}`);
const LONG_RUN = /([\s\u2400-\u2421])\1{3,}/gu;

/** As a token of a passage: spaces are left as they are between words, but one that is nothing else is shown as dots. */
export const shownInPassage = (text: string): string =>
  shown(text).replace(/^[^\S\n]+$/, (spaces) => '·'.repeat(spaces.length));
