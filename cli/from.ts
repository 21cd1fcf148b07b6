/** A model that a new run begins with, whoever made it: what of it is kept, and what is told of where it is from. */
import { basename } from 'node:path';
import { formatCount } from '../src/core/base/units';
import { type NamedTensors } from '../src/core/checkpoint/tensors';
import { readingAtMost, USUAL_CONTEXT, withContext } from '../src/core/export/contextOf';
import type { RunInfo } from '../src/core/export/homegrownJson';
import type { ImportedModel } from '../src/core/export/incoming';
import { saidOf } from '../src/core/export/incoming';
import { modelSpec } from '../src/core/models';
import type { ObjectiveId } from '../src/core/objectives';
import { recipeOf } from '../src/core/runs/segments';
import type { Tokenizer } from '../src/core/tokenizer/tokenizer';
import type { ModelChoice } from '../src/core/train/run';
import { type Options, UsageError, type Values } from './options';
import { ownOf } from '../src/core/train/partly';
import { readWeights } from './read';
import { sizeFlags } from './sizeFlags';

export interface Start {
  model: ModelChoice;
  tokenizer: Tokenizer;
  weights: NamedTensors;
  /** Objective of the run that it is from. */
  objective?: ObjectiveId;
  /** Where it is from, as homegrown.json has it. */
  told: Pick<RunInfo, 'parent' | 'origin' | 'looks'>;
  /** What is said of it before the run begins. */
  words: string;
}

/**
 * @param typed `--context`: tokens that it is to read at once; of one made elsewhere otherwise no more than is usual
 * @throws HomegrownError `bad-file`; `bad-settings` where it cannot read so many
 */
export async function openStart(from: string, typed: Values<Options>): Promise<Start> {
  const context = typed['context'] as number | undefined;
  // The optimizer begins anew, and so does the curve.
  const read = await readWeights(from);
  const { tokenizer, snapshot, info } = read;
  const model = context === undefined ? usual(read) : readingAtMost(read.model, context);
  const spec = modelSpec(model.id);
  const [made, taken] = [read.model, model].map(({ config }) => formatCount(config.context));
  return {
    model,
    tokenizer,
    weights: ownOf(model, snapshot.tensors),
    ...(info && { objective: recipeOf(info).objective }),
    told: toldOf(from, read),
    words:
      `${from} is ${spec.label}${info ? ` at step ${formatCount(snapshot.state.step)}` : ''}. Context: ${taken} tokens` +
      (taken === made ? '.' : ` of its ${made}; --context changes it.`),
  };
}
const usual = ({ model, info }: ImportedModel): ModelChoice => (info ? model : withContext(model, USUAL_CONTEXT));

/** One of ours is the run's parent; of another its file is told, and what that says of itself. */
function toldOf(from: string, { info, stated, snapshot }: ImportedModel): Start['told'] {
  if (!info) return { origin: { name: basename(from).slice(0, 1000), importedAt: Date.now(), ...saidOf(stated!) } };
  const { id, name, origin, looks } = info;
  const parent = { id, name, step: snapshot.state.step, how: 'fine-tune' } as const;
  return { parent, ...(origin && { origin }), ...(looks && { looks }) };
}

/** @throws UsageError where a flag is given that the model has settled */
export function checkKept(given: ReadonlySet<string>): void {
  const sizes = Object.keys(sizeFlags()).filter((name) => name !== 'context');
  const flag = ['tokenizer', 'special', 'model', ...sizes].find((name) => given.has(name));
  if (flag === undefined) return;
  throw new UsageError(`--${flag} can't change: the model of --from sets it. Remove it, or train a new model.`);
}
