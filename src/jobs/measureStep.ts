/** Measures a saved step on the data of its run. */
import type { BlobStore } from '../core/base/blobStore';
import { HomegrownError } from '../core/base/errors';
import type { Pause } from '../core/base/job';
import { evaluator } from '../core/evaluate/evaluator';
import { loadObjective } from '../core/objectives';
import { manifestIfKept, manifestOf } from '../core/runs/data';
import { readKnownRun } from '../core/runs/record';
import { recipeOf } from '../core/runs/segments';
import { answerStart, promptIds } from '../core/tokenizer/prompt';
import { openPart } from '../core/shards/read';
import { reference, type Reference } from '../core/verify/reference';
import type { Evaluated } from '../core/metrics';
import type { PartName } from '../core/shards/manifest';
import type { LoadedModel } from './loadedModel';

/** Measures as the run's own evaluations do, bit for bit. The record may have changed since the model was loaded. */
export async function evaluate(
  store: BlobStore,
  { runId, network, tokenizer, step }: LoadedModel,
  { part, tokens }: { part: PartName; tokens: number },
  pause: Pause,
): Promise<Evaluated & { step: number }> {
  const record = await readKnownRun(store, runId);
  const [manifest, recipe] = [await manifestOf(store, record), recipeOf(record)];
  if (!manifest) {
    throw new HomegrownError(
      'bad-settings',
      `${record.name} was imported without its training text, so it has no validation set`,
      'Train it on a text first, or evaluate it on your own text.',
    );
  }
  const evaluating = evaluator(network, await loadObjective(recipe.objective, recipe, network.choice));
  try {
    return {
      step,
      ...(await evaluating.measure(openPart(store, manifest, part), { rows: recipe.batch, tokens }, tokenizer, pause)),
    };
  } finally {
    evaluating.dispose();
  }
}

/** Reference values that an exported file is compared with. */
export async function referenceOf(
  store: BlobStore,
  { runId, network, tokenizer }: LoadedModel,
  pause: Pause,
): Promise<Reference> {
  const record = await readKnownRun(store, runId);
  const manifest = await manifestIfKept(store, record);
  const prompt = [...promptIds(tokenizer, recipeOf(record).samplePrompt)];
  const heldOut = manifest && openPart(store, manifest, 'validation');
  return reference(network, heldOut, prompt, pause, { start: answerStart(tokenizer), end: tokenizer.endOfText });
}
