/** Checks that text can be encoded in UTF-8, which every tokenizer requires. */
import { badFile } from '../base/errors';

/** @throws HomegrownError `bad-file` at a chunk with a lone surrogate */
export async function* wellFormed(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const chunk of chunks) {
    if (!chunk.isWellFormed()) throw loneSurrogate(chunk);
    yield chunk;
  }
}

export function loneSurrogate(text: string): Error {
  let at = 0;
  for (const character of text) {
    if (!character.isWellFormed()) break;
    at += character.length;
  }
  const code = text.charCodeAt(at).toString(16).toUpperCase();
  return badFile(
    `Character ${at + 1} of the text is half of a surrogate pair (U+${code}) and has no form in UTF-8.`,
    'Remove it, or copy the text again from its source.',
  );
}
