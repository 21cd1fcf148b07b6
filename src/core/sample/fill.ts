/** Fills the blanks of a passage with an encoder. Source: Devlin et al. 2018, arXiv:1810.04805, section 3.1. */
import { badSettings } from '../base/errors';
import { modelSpec } from '../models';
import type { Network } from '../models/network';
import { passageIds, readPassage } from '../tokenizer/passage';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { candidates, type Filled } from './candidates';
import { logits } from './logits';
import { checkFits } from './fits';

/**
 * Fills all blanks at once, each independently of the others.
 * @param max number of candidates per blank
 * @throws HomegrownError `bad-settings` if the text has no blank or exceeds the context, or if the model can't fill
 * blanks
 */
export async function fill(network: Network, tokenizer: Tokenizer, text: string, max: number): Promise<Filled> {
  const { kind, label } = modelSpec(network.choice.id);
  if (kind !== 'encoder')
    throw badSettings(`${label} models continue text and can’t fill blanks.`, 'Give it a prompt to continue.');
  const passage = readPassage(tokenizer, text);
  const { ids, places } = passageIds(tokenizer, passage);
  const { vocabulary, config } = network.choice;
  checkFits('passage', ids.length, config.context);
  const scores = await logits(
    network,
    ids,
    places.map((place) => place + 1),
  );
  const blanks = places.map((_, blank) =>
    candidates(tokenizer, passage, blank, scores.subarray(blank * vocabulary, (blank + 1) * vocabulary), max),
  );
  return { pieces: passage.pieces, blanks };
}
