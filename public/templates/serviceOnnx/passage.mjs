/** @typedef {import('./api.mjs').Passage} Passage */

/**
 * Passages with blanks, `[MASK]` or `___`.
 * @param {ReturnType<typeof import('./tokenizer.mjs').openTokenizer>} tokenizer
 * @param {Tokens} tokens
 * @typedef {object} Tokens what model.json tells of them
 * @property {number} mask
 * @property {string} maskText how it is spelt
 * @property {number | null} begin what stands before a text, and after it
 * @property {number | null} separator
 * @property {'token' | 'passage' | 'piece'} spaces where the space before a blank is: in its token, so that the blank hides
 *   it too; in the passage; or nowhere, as words are whole or in pieces
 */
export function passages({ encode, bytes }, { mask, maskText, begin, separator, spaces: where }) {
  const around = (/** @type {number | null} */ id) => (id === null ? [] : [id]);
  return {
    /** @param {string} text @returns {Passage | null} */
    read(text) {
      const parts = text.replaceAll(maskText, '[MASK]').split(BLANKS);
      if (parts.length === 1) return null;
      const pieces = parts.filter((_, i) => i % 2 === 0);
      const spaces = parts.filter((_, i) => i % 2 === 1);
      const ids = around(begin);
      /** @type {number[]} */
      const places = [];
      for (const [i, piece] of pieces.entries()) {
        if (i > 0) {
          places.push(ids.length);
          ids.push(mask);
        }
        ids.push(...encode(piece + (where === 'token' ? '' : (spaces[i] ?? ''))));
      }
      return { pieces, spaces, ids: [...ids, ...around(separator)], places };
    },

    /** What stands in a blank for a token, the space before it too. @param {Passage} passage @param {number} blank @param {number} id */
    word({ pieces, spaces }, blank, id) {
      const word = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes(id));
      const space = spaces[blank] ?? '';
      if (where === 'token') return blank === 0 && pieces[0] === '' ? space + word.trimStart() : word;
      if (where === 'passage') return space + word;
      // A piece of a word has no space before it, and another the one of the passage.
      return /^\s/.test(word) ? space + word.trimStart() : word;
    },
  };
}
const BLANKS = /(\s?)(?:\[MASK\]|_{3,})/;
