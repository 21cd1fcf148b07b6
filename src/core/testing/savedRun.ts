import { memoryStore } from '../base/blobStore';
import { unwatched } from '../base/job';
import { claimRun } from '../checkpoint/checkpoint';
import { openJournal } from '../runs/journal';
import { type RunRecord, writeRun } from '../runs/record';
import type { TrainEvent, TrainInput } from '../train/run';
import { train } from '../train/train';

/** Trains to the end, and keeps steps, curve and record as the app does, of a run called a. */
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
  const record: RunRecord = {
    version: 1,
    id: 'a',
    name: 'Toy',
    createdAt: 1,
    status: 'finished',
    step: recipe.steps,
    model,
    recipe,
    tokenizer: tokenizer.model,
    device: null,
    manifest: null,
    data: null,
  };
  await writeRun(store, record);
  return { store, record, events };
}
