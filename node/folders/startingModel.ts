/** The model that a new run starts from. */
import { basename } from 'node:path';
import { formatCount } from '../../src/core/base/units';
import { type NamedTensors } from '../../src/core/checkpoint/tensors';
import { readingAtMost, USUAL_CONTEXT, withContext } from '../../src/core/export/contextOf';
import type { RunInfo } from '../../src/core/export/homegrownJson';
import type { ImportedModel } from '../../src/core/export/incoming';
import { saidOf } from '../../src/core/export/incoming';
import { modelSpec } from '../../src/core/models';
import type { ObjectiveId } from '../../src/core/objectives';
import { recipeOf } from '../../src/core/runs/segments';
import type { Tokenizer } from '../../src/core/tokenizer/tokenizer';
import type { ModelChoice } from '../../src/core/train/run';
import { ownOf } from '../../src/core/train/partly';
import { readWeights } from './readModel';

export interface StartingModel {
  model: ModelChoice;
  tokenizer: Tokenizer;
  weights: NamedTensors;
  /** Objective of its run. */
  objective?: ObjectiveId;
  /** Its origin, for homegrown.json. */
  provenance: Pick<RunInfo, 'parent' | 'origin' | 'looks'>;
  /** Printed before the run starts. */
  words: string;
}

/**
 * @param context in tokens; by default the model's own, or at most the usual one for a model of another program
 * @throws HomegrownError `bad-file`; `bad-settings` if the model can't have that context
 */
export async function openStartingModel(from: string, context?: number): Promise<StartingModel> {
  // Optimizer and curve restart.
  const imported = await readWeights(from);
  const { tokenizer, snapshot, info } = imported;
  const model = context === undefined ? withUsualContext(imported) : readingAtMost(imported.model, context);
  const spec = modelSpec(model.id);
  const [originalContext, usedContext] = [imported.model, model].map(({ config }) => formatCount(config.context));
  return {
    model,
    tokenizer,
    weights: ownOf(model, snapshot.tensors),
    ...(info && { objective: recipeOf(info).objective }),
    provenance: provenanceOf(from, imported),
    words:
      `${from} is ${spec.label}${info ? ` at step ${formatCount(snapshot.state.step)}` : ''}. Context: ${usedContext} tokens` +
      (usedContext === originalContext ? '.' : ` of its ${originalContext}; --context changes it.`),
  };
}
const withUsualContext = ({ model, info }: ImportedModel): ModelChoice =>
  info ? model : withContext(model, USUAL_CONTEXT);

/** Records the parent if the model is ours; else the file of the external model and its own statements. */
function provenanceOf(from: string, { info, stated, snapshot }: ImportedModel): StartingModel['provenance'] {
  if (!info) return { origin: { name: basename(from).slice(0, 1000), importedAt: Date.now(), ...saidOf(stated!) } };
  const { id, name, origin, looks } = info;
  const parent = { id, name, step: snapshot.state.step, how: 'fine-tune' } as const;
  return { parent, ...(origin && { origin }), ...(looks && { looks }) };
}
