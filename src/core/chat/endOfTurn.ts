/** Where a model that answers stops. It brings Jinja with it, and is loaded by what writes models down or asks them. */
import * as jinja from '@huggingface/jinja';
import { HomegrownError } from '../base/errors';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { tried } from './painted';
import { compiledBy, ownTemplate } from './template';

/** Tokens at which it ends what it writes: the end of text, and of an answer where that is another. */
export function endsOf(tokenizer: Tokenizer): readonly number[] {
  const turn = endOfTurn(tokenizer);
  return turn === undefined || turn === tokenizer.endOfText ? [tokenizer.endOfText] : [tokenizer.endOfText, turn];
}

/**
 * The special token with which the tokenizer's own template ends an answer; undefined where there is no template, where it ends
 * them with none, and where it cannot be run.
 */
export function endOfTurn(tokenizer: Tokenizer): number | undefined {
  const kept = ends.get(tokenizer);
  if (kept !== undefined) return kept ?? undefined;
  const found = triedOn(tokenizer);
  ends.set(tokenizer, found ?? null);
  return found;
}
const ends = new WeakMap<Tokenizer, number | null>();

function triedOn(tokenizer: Tokenizer): number | undefined {
  const source = ownTemplate(tokenizer);
  if (source === undefined) return undefined;
  try {
    return tried(compiledBy(jinja, source, tokenizer)).endsWith;
  } catch (error) {
    // A model that came in goes out again with the template that it had.
    if (error instanceof HomegrownError) return undefined;
    throw error;
  }
}
