/** The logit that an attribution explains. */
import { badSettings } from '../base/errors';
import { formatCount } from '../base/units';
import { modelSpec } from '../models';
import type { Network } from '../models/network';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Explained } from './attribution';
import { checkTokens, type Passage } from './passage';
import { highestOutput } from './patching';
import { predictingRows } from './rows';

interface ExplanationChoice {
  /** Position of the prediction; absent: the first blank or the end of the passage, or else its last prediction. */
  position?: number | undefined;
  /** Text whose first token is explained, or a classifier's label; absent: the most probable one. */
  target?: string | undefined;
}

interface Explanation {
  /** Of the prediction; absent in a classifier. */
  position?: number;
  explained: Explained;
}

/** @throws HomegrownError `bad-settings` if nothing is predicted at this position, or there is no such label */
export async function explanation(
  network: Network,
  tokenizer: Tokenizer,
  passage: Passage,
  { position, target }: ExplanationChoice,
): Promise<Explanation> {
  const { classes } = network.choice.config;
  const { ids, source, predictions } = passage;
  if (classes) {
    const output =
      target === undefined ? await highestOutput(network, { ids, place: 0 }) : classes.labels.indexOf(target);
    if (output >= 0) return { explained: { ids, place: 0, output } };
    throw badSettings(`The classifier has no label “${target!}”.`, `Choose one of ${classes.labels.join(', ')}.`);
  }
  const open = predictions.find(({ expected }) => expected === undefined) ?? predictions.at(-1)!;
  const prediction = position === undefined ? open : predictions.find((each) => each.position === position);
  if (!prediction)
    throw badSettings(
      `Nothing is predicted at token ${formatCount(position!)}.`,
      `The last prediction is at token ${formatCount(predictions.at(-1)!.position)}.`,
    );
  const [{ ids: read, places } = { ids, places: [0] }] = predictingRows(network, tokenizer, passage, [prediction]);
  const row = { ids: read, ...(source && { source }), place: places[0]! };
  if (target !== undefined) checkTokens(tokenizer, 'target', [target]);
  const output = target === undefined ? await highestOutput(network, row) : tokenizer.encode(target)[0]!;
  return { position: prediction.position, explained: { ...row, output } };
}

/**
 * The same place in another passage of as many tokens. The decoder of an encoder-decoder reads the same in both.
 * @param position of the prediction
 */
export function samePlaceIn(
  { choice }: Network,
  tokenizer: Tokenizer,
  { ids, source }: Pick<Passage, 'ids' | 'source'>,
  { explained, position }: Explanation,
): Pick<Explained, 'ids' | 'source'> {
  if (source) return { ids: explained.ids, source };
  const isMasked = modelSpec(choice.id).kind === 'encoder' && position !== undefined && position < ids.length;
  return { ids: isMasked ? ids.with(position, tokenizer.idOf('mask')) : ids };
}
