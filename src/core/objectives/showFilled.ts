import { likeliest } from '../base/likeliest';
import type { Network } from '../models/network';
import { fill } from '../sample/fill';
import { logits } from '../sample/logits';
import { BLANK, hasBlank } from '../tokenizer/passage';
import { drawing, masked, masksOf } from './masks';
import type { ToShow } from './objective';
import type { Filled, FilledPart } from './shown';

/** Fills the prompt's blanks, or masked tokens at the start of the validation set, with the most probable tokens. */
export async function showFilled(
  network: Network,
  { tokenizer, prompt, source }: ToShow,
  maskRate: number,
): Promise<Filled> {
  if (hasBlank(prompt, tokenizer) || !source || source.tokens < MIN) {
    const passage = hasBlank(prompt, tokenizer) ? prompt : `${prompt} ${BLANK}`;
    const { pieces, blanks } = await fill(network, tokenizer, passage, 1);
    return {
      kind: 'filled',
      parts: pieces.flatMap((text, i) => [
        { text },
        ...(blanks[i]?.[0] ? [{ text: blanks[i][0].text, wanted: null }] : []),
      ]),
    };
  }
  const { vocabulary, config } = network.choice;
  const ids = await source.read(0, Math.min(MAX, config.context, source.tokens));
  const masking = {
    max: masksOf(ids.length, maskRate),
    wholeWords: true,
    shares: { mask: 1, random: 0 },
  };
  const { places, shown } = masked(ids, tokenizer, masking, drawing('shown', { seed: 0, step: 0, row: 0 }));
  const scores = await logits(
    network,
    [...shown],
    places.map((place) => place + 1),
  );
  /** Decodes ids. `decode` would drop the space before a first word. */
  const textOf = (some: Iterable<number>): string => {
    const decoder = tokenizer.decoder();
    return [...some].map((id) => decoder.push(id)).join('') + decoder.end();
  };
  const parts: FilledPart[] = [];
  let from = 0;
  for (const [i, place] of places.entries()) {
    if (place > from) parts.push({ text: textOf(ids.subarray(from, place)) });
    const best = likeliest(scores.subarray(i * vocabulary, (i + 1) * vocabulary));
    parts.push({ text: textOf([best]), wanted: textOf([ids[place]!]) });
    from = place + 1;
  }
  if (from < ids.length) parts.push({ text: textOf(ids.subarray(from)) });
  return { kind: 'filled', parts };
}

/** Minimum and maximum tokens of a passage. */
const MIN = 4;
const MAX = 64;
