/** Replaces control characters with pictures (U+2400 and up), to make them visible; keeps newlines. */
export const showControls = (text: string): string =>
  text.replace(CONTROL, (character) =>
    character === '\u007f' ? '\u2421' : String.fromCharCode(0x2400 + character.charCodeAt(0)),
  );
/** All control characters except the newline, which is shown as ↵. */
const CONTROL = new RegExp('[\\u0000-\\u0009\\u000b-\\u001f\\u007f]', 'g');

/** Token in a table: a long run of the same white space is abbreviated to its mark and count, to save width. */
export const shownInTable = (text: string): string =>
  showControls(text).replace(
    LONG_RUN,
    (run) => `${run[0] === '\n' ? '↵' : run[0] === ' ' ? '·' : run[0]!}×${run.length}`,
  );
const LONG_RUN = /([\s\u2400-\u2421])\1{3,}/gu;

/** Token in a passage: spaces stay between words; a token of only spaces is shown as dots. */
export const shownInPassage = (text: string): string =>
  showControls(text).replace(/^[^\S\n]+$/, (spaces) => '·'.repeat(spaces.length));
