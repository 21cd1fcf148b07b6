/** Tokens at which a chat model stops. This module imports Jinja; only code that saves or queries models loads it. */
import * as jinja from '@huggingface/jinja';
import { HomegrownError } from '../base/errors';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { type Tried, probeTemplate } from './renderChat';
import { compiledBy, ownTemplate } from './template';

/** Stop tokens: the end of text, and the end of an answer if it differs. */
export function endsOf(tokenizer: Tokenizer): readonly number[] {
  const turn = endOfTurn(tokenizer);
  return turn === undefined || turn === tokenizer.endOfText ? [tokenizer.endOfText] : [tokenizer.endOfText, turn];
}

/**
 * Special token that ends an answer in the tokenizer's own template. Undefined without a template, without such a
 * token, or if the template can't run.
 */
export const endOfTurn = (tokenizer: Tokenizer): number | undefined => triedOn(tokenizer)?.endsWith;

/** Whether the tokenizer has a template that can run. */
export const canBeAsked = (tokenizer: Tokenizer): boolean => triedOn(tokenizer) !== null;

function triedOn(tokenizer: Tokenizer): Tried | null {
  const kept = known.get(tokenizer);
  if (kept !== undefined) return kept;
  const found = triedAnew(tokenizer);
  known.set(tokenizer, found);
  return found;
}
const known = new WeakMap<Tokenizer, Tried | null>();

function triedAnew(tokenizer: Tokenizer): Tried | null {
  const source = ownTemplate(tokenizer);
  if (source === undefined) return null;
  try {
    return probeTemplate(compiledBy(jinja, source, tokenizer));
  } catch (error) {
    // An imported model keeps its template on export, even if that can't run.
    if (error instanceof HomegrownError) return null;
    throw error;
  }
}
