import { memoryStore } from '../core/base/blobStore';
import { unwatched } from '../core/base/job';
import { claimRun } from '../core/checkpoint/checkpoint';
import { openJournal } from '../core/runs/journal';
import { addRun } from '../core/runs/record';
import type { TrainEvent, TrainInput } from '../core/train/run';
import { train } from '../core/train/train';
import { runRecord } from './runRecord';

/**
 * Trains a run with the ID `a` to its last step, and stores it like the app does: its saved steps, its events and its
 * record.
 */
export async function savedRun(input: Omit<TrainInput, 'save'>) {
  const { model, recipe, tokenizer } = input;
  const store = memoryStore();
  const writer = await claimRun(store, 'a');
  const events: TrainEvent[] = [];
  await train(
    { ...input, save: (snapshot) => writer.save(snapshot) },
    { ...unwatched, report: (event) => events.push(event) },
  );
  await (await openJournal(store, 'a', 0)).append(events);
  const record = runRecord({
    name: 'Toy',
    status: 'finished',
    step: recipe.steps,
    model,
    recipe,
    tokenizer: tokenizer.model,
  });
  await addRun(store, record);
  return { store, record, events };
}
