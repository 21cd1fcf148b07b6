/**
 * Projects with trained runs, for journeys that begin with one. The app's own state and worker code make them in Node,
 * on WASM, once per process: a run takes a second there, and ten in a browser.
 */
import { memoryStore } from '../src/core/base/blobStore';
import type { ModelId } from '../src/core/models';
import type { Project } from '../src/core/runs/project';
import { lonelyLocks, testStudio } from '../src/testing/behindChannels';
import type { Recipe } from '../src/core/train/recipe';
import type { Values } from './storage';

export interface SeededRun {
  /** GPT by default. */
  architecture?: ModelId;
  /** Overrides of `SIZES`. */
  sizes?: Readonly<Record<string, number>>;
  /** Overrides of `RECIPE`. */
  recipe?: Partial<Recipe>;
  /** The run is stopped after this step; by default it runs to its end. */
  stopAfter?: number;
}
export interface Seed {
  texts: readonly (readonly [name: string, text: string])[];
  /** Bytes by default. */
  tokenizer?: Project['tokenizerChoice'];
  /** Runs in training order; the last is the project's. If empty, the project has only texts. */
  runs: readonly SeededRun[];
}

export const SEA = 'The sea is wide and the whale is white. '.repeat(1000);
/** Same values as the fields of Model in SMALL. */
const SIZES = { layers: 1, heads: 2, width: 16, context: 16 } as const;
const RECIPE = { batch: 4, steps: 20, learningRate: 0.003, warmup: 5, evalEvery: 10 } as const;

/** Returns everything that the browser would have stored. */
export function seeded(seed: Seed): Promise<Values> {
  const key = JSON.stringify(seed);
  const made = all.get(key) ?? make(seed);
  all.set(key, made);
  return made;
}
const all = new Map<string, Promise<Values>>();

async function make({ texts, tokenizer = { kind: 'bytes', vocabulary: 257 }, runs }: Seed): Promise<Values> {
  useLocks();
  const store = memoryStore();
  let [ids, seconds] = [0, 0];
  const page = testStudio(store, undefined, {
    newId: () => `seeded-${String(++ids)}`,
    now: () => BEGAN + 1000 * ++seconds,
  });
  const { getState, subscribe } = page.studio;
  await getState().load();
  for (const [name, text] of texts) await getState().addPaste(text, name);
  getState().change({ tokenizerChoice: tokenizer });
  for (const { architecture = 'gpt', sizes, recipe, stopAfter } of runs) {
    getState().chooseModel(architecture);
    for (const [name, value] of Object.entries({ ...SIZES, ...sizes })) getState().setModel(name, value);
    getState().resetRecipe();
    getState().setRecipe({ ...RECIPE, ...recipe });
    const end = subscribe(({ opened, training }) => {
      const phase = training && opened[training.runId]?.phase;
      if (stopAfter !== undefined && phase?.kind === 'training' && phase.step >= stopAfter) getState().stop();
    });
    await getState().start();
    end();
  }
  const { project, opened } = getState();
  const kind = opened[project.runId ?? '']?.phase.kind;
  if (runs.length > 0 && kind !== 'finished' && kind !== 'stopped')
    throw new Error(`The seeded run is ${String(kind)}`);
  page.close();
  return store.entries('');
}
const BEGAN = Date.UTC(2026, 0, 2);

/** Provides locks, which Node lacks. */
function useLocks(): void {
  Object.defineProperty(globalThis, 'navigator', { value: { locks: lonelyLocks() }, configurable: true });
}
