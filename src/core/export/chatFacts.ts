/** Chat settings that exports state in addition to the template. */
import { endsOf } from '../chat/endOfTurn';
import type { ServedChat } from '../chat/served';
import { ownTemplate, specialNames } from '../chat/template';
import type { Tokenizer } from '../tokenizer/tokenizer';

/** Returns chat facts; null without a template. */
export function chatFacts(tokenizer: Tokenizer): ServedChat | null {
  const template = ownTemplate(tokenizer);
  if (template === undefined) return null;
  const flags = new Map(tokenizer.model.elsewhere?.added.map((token) => [token.id, token]));
  return {
    template,
    names: specialNames(tokenizer),
    special: tokenizer.special.map(({ id, text }) => {
      const { lstrip, rstrip } = flags.get(id) ?? {};
      return { id, text, ...(lstrip && { lstrip }), ...(rstrip && { rstrip }) };
    }),
    ends: endsOf(tokenizer),
  };
}
