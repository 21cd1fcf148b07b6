/** Looks inside a model while it reads a passage. */
import { badSettings } from '../core/base/errors';
import type { Pause } from '../core/base/job';
import { formatCount } from '../core/base/units';
import { ablate, type Ablation, type Replacement } from '../core/inspect/ablation';
import { type AttentionBySite, attentionWeights, type ChosenHeads } from '../core/inspect/attention';
import { attribute, type Attribution, type Explained } from '../core/inspect/attribution';
import { type EmbeddingMap, embeddingMap, type Neighbor, nearestTokens } from '../core/inspect/embeddings';
import { explanation, samePlaceIn } from '../core/inspect/explanation';
import { headRoles, type MeasuredRoles } from '../core/inspect/headRoles';
import { type Lens, logitLens } from '../core/inspect/lens';
import { type Passage, passageOf, type PassageText, type Predicted } from '../core/inspect/passage';
import { patch, type Patching } from '../core/inspect/patching';
import type { Prediction } from '../core/inspect/prediction';
import { tokenPredictions } from '../core/inspect/tokenLoss';
import { type WeightSummary, weightSummaries } from '../core/inspect/weights';
import { modelSpec } from '../core/models';
import type { Network } from '../core/models/network';
import type { BaseConfig } from '../core/models/spec';
import type { LoadedModel } from './loadedModel';

/** What can be looked at in a passage, and in a model alone. */
export const OF_PASSAGE = ['loss', 'attention', 'lens', 'ablation', 'attribution', 'patching', 'embeddings'] as const;
export const OF_MODEL = ['heads', 'weights'] as const;

interface Settings extends ChosenHeads {
  /** Position whose prediction to look at, from 0; absent: all. */
  token?: number | undefined;
  /** Number of alternatives of each token. */
  alternatives: number;
  /** For ablation. */
  replacement: Replacement;
  /** Seed of random tokens. */
  seed: number;
}
type PassageInput = Settings & PassageText & { what: (typeof OF_PASSAGE)[number]; against?: string | undefined };
type ModelInput = Settings & { what: (typeof OF_MODEL)[number] };
export type InspectInput = PassageInput | ModelInput;

/** What was found in a passage, or in the model alone. */
export type Inspection = (OfPassage & { passage: Passage }) | OfModel;
type OfModel = { what: 'heads'; roles: MeasuredRoles } | { what: 'weights'; weights: readonly WeightSummary[] };
type OfPassage =
  | { what: 'loss'; predictions: readonly (Predicted & Prediction)[] }
  | ({ what: 'attention'; attention: AttentionBySite } & ChosenHeads)
  | { what: 'lens'; predictions: readonly Predicted[]; lenses: readonly Lens[] }
  | { what: 'ablation'; replacement: Replacement; ablation: Ablation }
  | { what: 'attribution'; position?: number | undefined; explained: Explained; attribution: Attribution }
  | {
      what: 'patching';
      position?: number | undefined;
      explained: Explained;
      other: Pick<Passage, 'ids' | 'source'>;
      patching: Patching;
    }
  | { what: 'embeddings'; tokens: readonly { id: number; nearest: readonly Neighbor[] }[]; map: EmbeddingMap };
export type InspectionOf<What extends Inspection['what']> = Extract<Inspection, { what: What }>;

type Inspected = Pick<LoadedModel, 'network' | 'tokenizer'>;

/** @throws HomegrownError `bad-settings` if the passage, a layer or a head doesn't fit the model; `diverged` */
export async function inspect(model: Inspected, input: InspectInput, pause: Pause): Promise<Inspection> {
  const { network, tokenizer } = model;
  const { config } = network.choice;
  checkIndex('layer', input.layer, config.layers);
  checkIndex('head', input.head, config.heads);
  if (!('prompt' in input)) return inspectAlone(model, input, pause);
  const passage = await passageOf(network, tokenizer, textOf(network, input), pause);
  return { passage, ...(await inspectPassage(model, input, passage, pause)) };
}

async function inspectAlone({ network, tokenizer }: Inspected, input: ModelInput, pause: Pause): Promise<OfModel> {
  switch (input.what) {
    case 'heads':
      return { what: input.what, roles: await headRoles(network, tokenizer, input.seed, pause) };
    case 'weights':
      return { what: input.what, weights: await weightSummaries(network, input.layer, pause) };
  }
}

/** The target of an attribution or a patching is what it explains; only an encoder-decoder reads it. */
function textOf({ choice }: Network, { what, prompt, target }: PassageInput): PassageText {
  const isRead = (what !== 'attribution' && what !== 'patching') || modelSpec(choice.id).kind === 'encoder-decoder';
  return isRead ? { prompt, target } : { prompt };
}

async function inspectPassage(
  model: Inspected,
  input: PassageInput,
  passage: Passage,
  pause: Pause,
): Promise<OfPassage> {
  const { network, tokenizer } = model;
  const { what, layer, head, token, alternatives: count, replacement } = input;
  const predictions = what === 'embeddings' ? [] : predictionsAt(passage, token);
  switch (what) {
    case 'loss': {
      const found = await tokenPredictions(network, tokenizer, passage, { predictions, count, pause });
      return { what, predictions: predictions.map((each, i) => ({ ...each, ...found[i]! })) };
    }
    case 'attention':
      checkWeights(network.choice.config, passage, { layer, head });
      return { what, layer, head, attention: await attentionWeights(network, passage, { layer, head }) };
    case 'lens':
      return { what, predictions, lenses: await logitLens(network, tokenizer, passage, { predictions, count, pause }) };
    case 'ablation': {
      checkKnown(predictions);
      const settings = { layer, head, replacement, predictions, pause };
      return { what, replacement, ablation: await ablate(network, tokenizer, passage, settings) };
    }
    case 'attribution': {
      const { position, explained } = await explanation(network, tokenizer, passage, explainedIn(input, passage));
      return { what, position, explained, attribution: await attribute(network, tokenizer, explained, pause) };
    }
    case 'patching':
      return { what, ...(await patchingOf(model, input, passage, pause)) };
    case 'embeddings': {
      checkIndex('token', token, passage.ids.length);
      const ids = [
        ...new Set(token === undefined ? [...(passage.source ?? []), ...passage.ids] : [passage.ids[token]!]),
      ];
      const nearest = await nearestTokens(network, ids, count, pause);
      return { what, tokens: ids.map((id, i) => ({ id, nearest: nearest[i]! })), map: await embeddingMap(network) };
    }
  }
}

/** The prediction to explain. An encoder-decoder reads the target, and explains its most probable token. */
const explainedIn = ({ token: position, target }: PassageInput, { source }: Passage) =>
  source ? { position } : { position, target };

/** @throws HomegrownError `bad-settings` without another text, or if it has other tokens or the same answer */
async function patchingOf(
  { network, tokenizer }: Inspected,
  { against, ...input }: PassageInput,
  passage: Passage,
  pause: Pause,
): Promise<Omit<InspectionOf<'patching'>, 'what' | 'passage'>> {
  if (against === undefined)
    throw badSettings('Patching compares two texts, and the other text is missing.', 'Enter a text of as many tokens.');
  // The first token that an encoder-decoder writes depends on its input alone.
  const choice = explainedIn({ ...input, token: input.token ?? (passage.source && 0) }, passage);
  const found = await explanation(network, tokenizer, passage, choice);
  // The decoder reads the same in both, so the other text needs no answer of its own.
  const target = passage.source && (input.target ?? against);
  const other = samePlaceIn(network, tokenizer, await passageOf(network, tokenizer, { prompt: against, target }, pause), found); // prettier-ignore
  return { ...found, other, patching: await patch(network, found.explained, other, pause) };
}

/** @throws HomegrownError `bad-settings` if nothing is predicted at this position */
function predictionsAt({ ids, predictions }: Passage, position: number | undefined): readonly Predicted[] {
  if (position === undefined || predictions.length === 0) return predictions;
  checkIndex('token', position, ids.length);
  const found = predictions.filter((each) => each.position === position);
  if (found.length > 0) return found;
  throw badSettings(
    `Nothing is predicted at token ${formatCount(position)}: the tokenizer added it to the passage.`,
    `Choose a token from ${formatCount(predictions[0]!.position)} to ${formatCount(predictions.at(-1)!.position)}.`,
  );
}

/** @throws HomegrownError `bad-settings` if no prediction has a true token */
function checkKnown(predictions: readonly Predicted[]): void {
  if (predictions.length === 0 || predictions.some(({ expected }) => expected !== undefined)) return;
  throw badSettings(
    'No token of the passage has a loss: it has one token, or only blanks.',
    'Enter a longer passage, or choose another token.',
  );
}

/** @throws HomegrownError `bad-settings` if there is no such layer, head or token */
function checkIndex(name: string, index: number | undefined, count: number): void {
  if (index === undefined || index < count) return;
  throw badSettings(
    `There is no ${name} ${formatCount(index)}: the ${name === 'token' ? 'passage' : 'model'} has ${formatCount(count)}, numbered from 0.`,
    `Choose a ${name} from 0 to ${formatCount(count - 1)}.`,
  );
}

/** @throws HomegrownError `bad-settings` if the weights would exceed MAX_WEIGHTS */
function checkWeights(
  { layers, heads }: BaseConfig,
  { ids, source = [] }: Passage,
  { layer, head }: ChosenHeads,
): void {
  const maps = (layer === undefined ? layers : 1) * (head === undefined ? heads : 1);
  const weights = maps * (ids.length ** 2 + source.length ** 2 + ids.length * source.length);
  if (weights <= MAX_WEIGHTS) return;
  throw badSettings(
    `The attention of ${formatCount(ids.length + source.length)} tokens has ${formatCount(weights)} weights; at most ${formatCount(MAX_WEIGHTS)} are returned at once.`,
    'Choose one layer and one head, or a shorter passage.',
  );
}
/** Weights of one answer: 64 MB of float32. */
const MAX_WEIGHTS = 2 ** 24;
