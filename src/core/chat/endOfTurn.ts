/** Tokens at which a chat model stops. This module imports Jinja; only code that saves or queries models loads it. */
import * as jinja from '@huggingface/jinja';
import { HomegrownError } from '../base/errors';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { type TemplateProbe, probeTemplate } from './renderChat';
import { compileWith, ownTemplate } from './template';

/** Stop tokens: the end of text, and the end of an answer if it differs. */
export function endsOf(tokenizer: Tokenizer): readonly number[] {
  const turn = endOfTurn(tokenizer);
  return turn === undefined || turn === tokenizer.endOfText ? [tokenizer.endOfText] : [tokenizer.endOfText, turn];
}

/**
 * Special token that ends an answer in the tokenizer's own template. Undefined without a template, without such a
 * token, or if the template can't run.
 */
export const endOfTurn = (tokenizer: Tokenizer): number | undefined => probeResult(tokenizer)?.endsWith;

/** Whether the tokenizer has a template that can run. */
export const canBeAsked = (tokenizer: Tokenizer): boolean => probeResult(tokenizer) !== null;

function probeResult(tokenizer: Tokenizer): TemplateProbe | null {
  const cached = probeResults.get(tokenizer);
  if (cached !== undefined) return cached;
  const result = probeOwnTemplate(tokenizer);
  probeResults.set(tokenizer, result);
  return result;
}
const probeResults = new WeakMap<Tokenizer, TemplateProbe | null>();

function probeOwnTemplate(tokenizer: Tokenizer): TemplateProbe | null {
  const source = ownTemplate(tokenizer);
  if (source === undefined) return null;
  try {
    return probeTemplate(compileWith(jinja, source, tokenizer));
  } catch (error) {
    // An imported model keeps its template on export, even if that can't run.
    if (error instanceof HomegrownError) return null;
    throw error;
  }
}
