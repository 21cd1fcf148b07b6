/** Ablation: what a passage loses without a head, a feed-forward or a layer. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { yieldToEventLoop, type Pause } from '../base/job';
import { modelSpec } from '../models';
import type { Network } from '../models/network';
import type { Hook } from '../models/spec';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { type ChosenHeads } from './attention';
import { withHook } from './forward';
import type { Passage, Predicted } from './passage';
import { tokenPredictions } from './tokenLoss';

/** A part of a model. `cross` attends from the decoder to the encoder; `self` is the only stack of other models. */
export type Component = { layer: number } & (
  | { site: 'self' | 'encoder' | 'cross'; kind: 'head'; head: number }
  | { site: 'self' | 'encoder'; kind: 'mlp' | 'layer' }
);
/** What an output is replaced with: zeros, or its mean over the tokens of the passage. */
export const REPLACEMENTS = ['zero', 'mean'] as const;
export type Replacement = (typeof REPLACEMENTS)[number];

export interface Ablated {
  component: Component;
  /** Mean loss of the predictions without it, in nats per token. */
  loss: number;
}
export interface Ablation {
  /** Mean loss of the whole model, in nats per token. */
  loss: number;
  /** Highest loss first. */
  components: readonly Ablated[];
}
interface AblationSettings extends ChosenHeads {
  replacement: Replacement;
  /** Some of the passage's, each with a true token; absent: all that have one. */
  predictions?: readonly Predicted[];
  pause?: Pause;
}

/**
 * Replaces one component after the other and measures the loss of the passage.
 * @throws HomegrownError `bad-settings` from a classifier, or without a mask token; `diverged`
 */
export async function ablate(
  network: Network,
  tokenizer: Tokenizer,
  passage: Passage,
  { replacement, predictions = passage.predictions, pause = yieldToEventLoop, ...chosen }: AblationSettings,
): Promise<Ablation> {
  const known = predictions.filter(({ expected }) => expected !== undefined);
  const lossWith = (component?: Component): Promise<number> =>
    meanLoss(withHook(network, () => ablating(network, component, replacement)), tokenizer, passage, { predictions: known, pause }); // prettier-ignore
  const loss = await lossWith();
  const components: Ablated[] = [];
  for (const component of componentsOf(network, chosen))
    components.push({ component, loss: await lossWith(component) });
  return { loss, components: components.sort((a, b) => b.loss - a.loss) };
}

async function meanLoss(
  network: Network,
  tokenizer: Tokenizer,
  passage: Passage,
  { predictions, pause }: { predictions: readonly Predicted[]; pause: Pause },
): Promise<number> {
  const found = await tokenPredictions(network, tokenizer, passage, { predictions, count: 0, pause });
  return found.reduce((sum, { loss }) => sum + loss!, 0) / found.length;
}

/** Every head, feed-forward and layer, in the order of the forward pass. */
export function componentsOf(
  { choice }: Network,
  { layer: only, head: onlyHead }: ChosenHeads = {},
): readonly Component[] {
  const { layers, heads } = choice.config;
  const isPair = modelSpec(choice.id).kind === 'encoder-decoder';
  const indices = (count: number, chosen?: number) =>
    chosen === undefined ? Array.from({ length: count }, (_, i) => i) : [chosen];
  return (isPair ? (['encoder', 'self'] as const) : (['self'] as const)).flatMap((site) =>
    indices(layers, only).flatMap((layer): readonly Component[] => {
      const headsAt = (at: Component['site']) =>
        indices(heads, onlyHead).map((head): Component => ({ site: at, kind: 'head', layer, head }));
      const attention = [...headsAt(site), ...(isPair && site === 'self' ? headsAt('cross') : [])];
      return onlyHead === undefined ? [...attention, { site, kind: 'mlp', layer }, { site, kind: 'layer', layer }] : attention; // prettier-ignore
    }),
  );
}

/** Hook of one pass that replaces a component's output; without a component, it replaces nothing. */
function ablating({ choice }: Network, component: Component | undefined, replacement: Replacement): Hook {
  if (!component) return (_, x) => x;
  const { site, kind, layer } = component;
  const prefix = site === 'encoder' ? 'encoder.' : '';
  const block = `${prefix}blocks.${layer}`;
  const replaced = (x: Tensor2D): Tensor2D =>
    replacement === 'zero' ? tf.zerosLike(x) : tf.add(tf.zerosLike(x), tf.mean(x, 0, true));
  if (kind === 'head') {
    const mask = headMask(choice.config.heads, component.head);
    const name = `${block}.${site === 'cross' ? 'cross' : 'attention'}.heads`;
    return (at, x) => (at === name ? tf.where(mask(x.shape[1]), replaced(x), x) : x);
  }
  if (kind === 'mlp') return (at, x) => (at === `${block}.mlp.out` ? replaced(x) : x);
  // Without its own output, a layer passes on the stream that it reads.
  const before = layer === 0 ? `${prefix}embedding` : `${prefix}blocks.${layer - 1}.out`;
  let stream: Tensor2D | undefined;
  return (at, x) => {
    if (at === before) stream = x;
    return at === `${block}.out` ? tf.add(stream!, replaced(tf.sub(x, stream!))) : x;
  };
}

/** Columns of a head among those of all heads: [1, columns]. */
const headMask =
  (heads: number, head: number) =>
  (columns: number): Tensor2D =>
    tf.tensor2d(
      Array.from({ length: columns }, (_, column) => Math.floor((column * heads) / columns) === head),
      [1, columns],
      'bool',
    );
