/**
 * The run that the first screen shows: made here, on WASM, and written to src/features/text/recordedRun.json. What it reached and
 * wrote is what it was; run it again where what it shows is no longer what a run does: `npx tsx scripts/firstRun.ts`.
 */
import { writeFileSync } from 'node:fs';
import { unwatched } from '../src/core/base/job';
import { memoryStore } from '../src/core/base/blobStore';
import { documentsOf, importText, pastedText } from '../src/core/documents';
import { buildShards } from '../src/core/shards/build';
import { openPart } from '../src/core/shards/read';
import { useWasm as onWasm } from '../src/core/testing/wasm';
import { createTokenizer } from '../src/core/tokenizer/byteLevel';
import { trainTokenizer } from '../src/core/tokenizer/train';
import { DEFAULT_RECIPE } from '../src/core/train/recipe';
import { train } from '../src/core/train/train';
import { buildSamples } from './samples';

/** Of the schedule, and where the run is ended: what is to be seen is seen by then. */
const STEPS = 1200;
const UNTIL = 600;
const OUT = new URL('../src/features/text/recordedRun.json', import.meta.url);

const [{ sample, text }] = buildSamples() as [ReturnType<typeof buildSamples>[0]];
const store = memoryStore();
const added = await importText(pastedText(sample.file, text), store, { addedAt: 0 }, unwatched);
if (added.kind !== 'added') throw new Error('There was a text before');
const documents = await documentsOf(store, added.text);
const tokenizer = await createTokenizer(await trainTokenizer({ kind: 'bpe', vocabulary: 2048 }, documents, unwatched));
const manifest = await buildShards(documents, tokenizer, { validation: 0.1, test: 0, seed: 0 }, store, unwatched);
const model = {
  id: 'gpt' as const,
  config: { layers: 2, heads: 4, width: 128, context: 64 },
  vocabulary: tokenizer.size,
};
const recipe = {
  ...DEFAULT_RECIPE,
  steps: STEPS,
  batch: 8,
  learningRate: 3e-3,
  evalEvery: 20,
  evalTokens: 4096,
  saveEvery: STEPS,
  samplePrompt: 'The whale',
};
await onWasm();
const points: { step: number; loss: number; sample: string }[] = [];
const write = (): void => {
  const told = [0, 100, 300, UNTIL];
  const curve = points.map(({ step, loss }) => ({ step, loss: Number(loss.toFixed(3)) }));
  const samples = points.flatMap(({ step, sample: words }) => (told.includes(step) ? { step, words } : []));
  const run = {
    title: sample.title,
    prompt: recipe.samplePrompt,
    vocabulary: tokenizer.size,
    points: curve,
    samples,
  };
  writeFileSync(OUT, `${JSON.stringify(run, null, 2)}\n`);
};
const end = new AbortController();
await train(
  {
    model,
    recipe,
    tokenizer,
    train: openPart(store, manifest, 'train'),
    validation: openPart(store, manifest, 'validation'),
    save: () => Promise.resolve({ bytes: 0 }),
    now: () => performance.now(),
  },
  {
    signal: end.signal,
    report(event) {
      if (event.kind !== 'evaluated' || event.step > UNTIL) return;
      if (typeof event.sample === 'string') points.push({ ...event, sample: event.sample });
      if (event.step === UNTIL) end.abort();
      write();
      process.stdout.write(`${event.step} ${event.loss.toFixed(3)}\n`);
    },
  },
);
