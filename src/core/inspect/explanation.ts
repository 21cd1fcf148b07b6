/** The logit that an attribution explains. */
import * as tf from '@tensorflow/tfjs';
import { badSettings } from '../base/errors';
import { formatCount } from '../base/units';
import type { Network } from '../models/network';
import { classify } from '../ops/classify';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Explained } from './attribution';
import { forwardOf } from './forward';
import { checkTokens, type Passage } from './passage';
import { predictingRows } from './rows';

interface ExplanationChoice {
  /** Position of the prediction; absent: the first blank or the end of the passage, or else its last prediction. */
  position?: number | undefined;
  /** Text whose first token is explained, or a classifier's label; absent: the most probable one. */
  target?: string | undefined;
}

/** @throws HomegrownError `bad-settings` if nothing is predicted at this position, or there is no such label */
export async function explanation(
  network: Network,
  tokenizer: Tokenizer,
  passage: Passage,
  { position, target }: ExplanationChoice,
): Promise<{ position?: number; explained: Explained }> {
  const { classes } = network.choice.config;
  const { ids, source, predictions } = passage;
  if (classes) {
    const output = target === undefined ? await highest(network, { ids }, 0) : classes.labels.indexOf(target);
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
  const output = target === undefined ? await highest(network, row, row.place) : tokenizer.encode(target)[0]!;
  return { position: prediction.position, explained: { ...row, output } };
}

/** Index of the highest logit of an output. */
async function highest(network: Network, row: Pick<Explained, 'ids' | 'source'>, place: number): Promise<number> {
  const result = tf.tidy(() => {
    const output = forwardOf(network, row);
    return classify({ ...output, hidden: tf.slice(output.hidden, [place, 0], [1, -1]) });
  });
  const scores = await result.data<'float32'>();
  result.dispose();
  return scores.reduce((best, score, id) => (score > scores[best]! ? id : best), 0);
}
