/** Evaluates or samples the newest saved step of a stopped run, and records the events in its journal as training does. */
import type { BlobStore } from '../core/base/blobStore';
import type { Pause } from '../core/base/job';
import { loadObjective } from '../core/objectives';
import type { Shown } from '../core/objectives/shown';
import { curveKey } from '../core/runs/curve';
import { manifestIfKept } from '../core/runs/data';
import { openJournal, readTail } from '../core/runs/journal';
import { readKnownRun } from '../core/runs/record';
import { recipeOf } from '../core/runs/segments';
import { openPart } from '../core/shards/read';
import type { Asked, TrainEvent } from '../core/train/run';
import { evaluate } from '../jobs/measureStep';
import type { LoadedModel } from '../jobs/loadedModel';

/** The caller holds the run. */
export async function answerStoppedRun(
  store: BlobStore,
  model: LoadedModel,
  asked: Asked,
  pause: Pause,
): Promise<readonly TrainEvent[]> {
  const event = await answer(store, model, asked, pause);
  const { runId, step } = model;
  await (await openJournal(store, runId, step)).append([event]);
  await store.commit({ drop: [curveKey(runId)] }); // the next list rebuilds it with the new measurements
  return [event];
}

async function answer(store: BlobStore, model: LoadedModel, asked: Asked, pause: Pause): Promise<TrainEvent> {
  const { runId, network, tokenizer, step } = model;
  const record = await readKnownRun(store, runId);
  const recipe = recipeOf(record);
  const { samplePrompt, evalTokens } = recipe;
  const objective = await loadObjective(recipe.objective, recipe, network.choice);
  const manifest = await manifestIfKept(store, record);
  const source = manifest ? openPart(store, manifest, 'validation') : undefined;
  const sample = (prompt: string): Promise<Shown> => objective.show(network, { tokenizer, prompt, source, pause });
  if (asked.what === 'sample') {
    return { kind: 'sampled', step, prompt: asked.prompt, sample: await sample(asked.prompt) };
  }
  const evaluation = await evaluate(store, model, { part: 'validation', tokens: evalTokens }, pause);
  const tail = await readTail(store, runId, step);
  const activeMs = Math.max(
    0,
    ...tail.flatMap((event) => ('activeMs' in event && event.step <= step ? [event.activeMs] : [])),
  );
  return { kind: 'evaluated', ...evaluation, activeMs, sample: await sample(samplePrompt) };
}
