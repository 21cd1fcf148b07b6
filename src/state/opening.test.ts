/** Runs opened while another is being opened, or begun meanwhile. */
import { beforeEach, expect, test } from 'vitest';
import { memoryStore, type BlobStore } from '../core/base/blobStore';
import { claimRun, surveySnapshots } from '../core/checkpoint/checkpoint';
import { initialProject, readProject, saveProject, type Project } from '../core/runs/project';
import { writeRun } from '../core/runs/record';
import { DEFAULT_RECIPE } from '../core/train/recipe';
import type { TrainOutcome } from '../core/train/run';
import type { BeginInput } from '../protocol/gpu';
import { createStudio, type StudioStore } from './studio';

const PART = { tokens: 100, bytes: 100, shards: [], counts: { key: 'shards/d/counts', sha256: '' } };
const MANIFEST = {
  ...{ version: 1 as const, tokenizerHash: 'h', textHash: '', vocabulary: 257, width: 2 as const, shardLength: 1 },
  ...{ train: PART, validation: PART },
};
const TOKENIZER = { kind: 'bytes' as const, merges: [] };
const CONFIG = { layers: 1, heads: 1, width: 8, context: 8 };
const PROJECT: Project = {
  ...initialProject(),
  tokenizerChoice: { kind: 'bytes', vocabulary: 257 },
  tokenizer: { model: TOKENIZER, hash: 'h', size: 257, asked: 257, texts: ['t'], bytesPerToken: 1, unusedEntries: 0 },
  data: { texts: ['t'], tokenizerHash: 'h', manifest: MANIFEST, unigramLoss: 1, validationShare: 0.1 },
  model: { id: 'gpt', config: CONFIG, byHand: [] },
  runId: 'first',
};
const TEXT = { id: 't', name: 't.txt', sha256: 'a'.repeat(64), characters: 200, licence: null };

let store: BlobStore;
/** What the listing of a run's saved steps waits for. */
let gates: Map<string, Promise<void>>;
/** Holds back a run's listing until it is called. */
function gate(runId: string): () => void {
  let open = (): void => undefined;
  gates.set(runId, new Promise((resolve) => (open = resolve)));
  return open;
}

/** A run that has saved one step. */
async function grow(id: string, step: number): Promise<TrainOutcome> {
  const state = { step, tokensSeen: 1, activeMs: 1, best: null };
  await writeRun(store, {
    ...{ version: 1, id, name: id, createdAt: 1, status: 'stopped', step, device: null, data: null },
    ...{ model: { id: 'gpt', config: CONFIG, vocabulary: 257 }, recipe: DEFAULT_RECIPE, tokenizer: TOKENIZER },
    manifest: MANIFEST,
  });
  const tensors = new Map([['w', { shape: [1], data: Float32Array.of(step) }]]);
  await (await claimRun(store, id)).save({ state, tensors });
  return { reason: 'stopped', state, trainLoss: 1, validationLoss: 1 };
}

async function open(): Promise<StudioStore> {
  const answers = {
    listTexts: () => Promise.resolve([TEXT]),
    samples: () => Promise.resolve([]),
    listUnreadable: () => Promise.resolve([]),
    async savedSteps({ runId }: { runId: string }) {
      await gates.get(runId);
      return surveySnapshots(store, runId);
    },
  };
  const studio = createStudio({
    data: {
      call: (method, input) => answers[method as keyof typeof answers](input as never) as never,
      end: () => undefined,
    },
    gpu: {
      async call(_, input, options) {
        const outcome = await grow((input as BeginInput).runId, 3);
        options?.onProgress?.([{ kind: 'saved', step: 3, bytes: 4 }] as never);
        return outcome;
      },
      end: () => undefined,
    },
    verify: { call: () => new Promise(() => undefined), end: () => undefined },
    ...{ store, now: () => 1, newId: () => 'new', download: () => undefined },
    wakeLock: { hold: () => undefined, release: () => undefined },
    tabs: {
      ...{ announce: () => undefined, listen: () => undefined, isTraining: () => Promise.resolve(false) },
      holdTraining: () => Promise.resolve({ release: () => undefined }),
    },
  });
  await studio.getState().load();
  return studio;
}
const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

beforeEach(async () => {
  store = memoryStore();
  gates = new Map();
  await grow('first', 1);
  await grow('second', 2);
  await saveProject(store, await readProject(store), PROJECT);
});

test('of two runs that are brought back one after the other the later is shown, whichever is read first', async () => {
  const studio = await open();
  const goOn = gate('second');
  const slow = studio.getState().bringBack('second');
  await tick();
  const fast = studio.getState().bringBack('first');
  await tick();
  goOn();
  await Promise.all([slow, fast]);
  const { project, run, model, saved, toasts } = studio.getState();
  expect([project.runId, run?.id, model?.run.id, saved?.step]).toEqual(['first', 'first', 'first', 1]);
  expect(toasts).toEqual([]);
});

test('a run that is begun while another is opened is not covered by that', async () => {
  const studio = await open();
  const goOn = gate('first');
  const opened = studio.getState().loadRun();
  await tick();
  const begun = studio.getState().start();
  for (let i = 0; i < 50; i++) await tick(); // enough to train, where it did not wait
  goOn();
  await Promise.all([opened, begun]);
  const { project, run, model, saved, phase } = studio.getState();
  expect([project.runId, run?.id, model?.run.id, saved?.step]).toEqual(['new', 'new', 'new', 3]);
  expect(phase).toMatchObject({ kind: 'stopped', step: 3 });
});
