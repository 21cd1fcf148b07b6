import { badFile } from '../base/errors';
import { cutTo, MAX_NAME } from '../base/textLimits';
import { characterEnd } from '../base/utf8';
import type { TextSource } from './readFile';

/**
 * Pasted or typed text as a source.
 * @throws HomegrownError `bad-file` if it contains half of a surrogate pair, which UTF-8 can't encode
 */
export function pastedText(name: string, text: string): TextSource {
  const loneSurrogate = /\p{Surrogate}/u.exec(text);
  if (loneSurrogate) {
    const code = loneSurrogate[0].charCodeAt(0).toString(16).toUpperCase();
    throw badFile(
      `Character ${loneSurrogate.index + 1} of the pasted text is half of a surrogate pair (U+${code}), which no file can hold.`,
      'Remove it, or copy the text again from its source.',
    );
  }
  const encoder = new TextEncoder();
  const pieces = function* (): Generator<Uint8Array> {
    for (let from = 0, to = 0; from < text.length; from = to) {
      to = characterEnd(text, Math.min(text.length, from + MAX_PIECE_LENGTH));
      yield encoder.encode(text.slice(from, to));
    }
  };
  let size = 0;
  for (const { length } of pieces()) size += length;
  return {
    name: cutTo(name, MAX_NAME),
    size,
    stream: async function* () {
      for (const piece of pieces()) yield await Promise.resolve(piece);
    },
  };
}

const MAX_PIECE_LENGTH = 2 ** 18;
