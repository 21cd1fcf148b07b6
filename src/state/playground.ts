/** Talking to a model: a prompt, how to choose among its guesses, and the tokens as they come. */
import { toFailure, type Failure } from '../core/base/errors';
import { recipeOf } from '../core/runs/segments';
import type { GeneratedToken, GenerateInput } from '../protocol/gpu';
import { shownId, shownRun } from './openRun';
import type { Slice, Studio } from './studio';

export type Sampling = Pick<GenerateInput, 'temperature' | 'topK' | 'topP' | 'seed' | 'length'>;

export type Writing =
  | { kind: 'idle' }
  | { kind: 'writing'; since: number; stop(): void }
  | { kind: 'done'; reason: 'length' | 'stopped' | 'end'; ms: number }
  | { kind: 'failed'; failure: Failure };

export interface PlaygroundSlice {
  /** Null until a person writes one: then it is the prompt of the run that is shown. */
  prompt: string | null;
  sampling: Sampling;
  /** What was written after `writtenAfter`. */
  writtenAfter: string;
  written: readonly GeneratedToken[];
  writing: Writing;
  setPrompt(prompt: string): void;
  setSampling(change: Partial<Sampling>): void;
  generate(): Promise<void>;
  /** Ends what is being written, and clears what was: another model takes the place. */
  endWriting(): void;
  /** Writes on from `text` in place of the token at `index`; the text up to there becomes the prompt. */
  continueFrom(index: number, text: string): Promise<void>;
}

/** What the model is to go on from. A space at its end would be half a token of most words. */
export function promptOf(s: Pick<Studio, 'prompt' | 'shown' | 'opened' | 'project'>): string {
  const { record } = shownRun(s, 'playground');
  return s.prompt ?? (record ? recipeOf(record) : s.project.recipe).samplePrompt.trimEnd();
}

export const createPlaygroundSlice: Slice<PlaygroundSlice> =
  ({ gpu, now }) =>
  (set, get) => ({
    prompt: null,
    sampling: { temperature: 0.8, topK: 40, topP: 1, seed: 1, length: 200 },
    writtenAfter: '',
    written: [],
    writing: { kind: 'idle' },
    setPrompt: (prompt) => set({ prompt }),
    setSampling: (change) => set(({ sampling }) => ({ sampling: { ...sampling, ...change } })),
    async generate() {
      const prompt = promptOf(get());
      const { sampling } = get();
      const runId = shownId(get(), 'playground');
      const { which } = shownRun(get(), 'playground');
      if (runId === null || get().writing.kind === 'writing') return;
      const abort = new AbortController();
      const mine: Writing = { kind: 'writing', since: now(), stop: () => abort.abort() };
      set({ writtenAfter: prompt, written: [], writing: mine });
      /** Not once it was ended: what still comes belongs to another model. */
      const tell = (change: (studio: Studio) => Partial<Studio>): void => {
        if (get().writing === mine) set(change);
      };
      try {
        const { reason, ms } = await gpu.call(
          'generate',
          { runId, which, prompt, ...sampling },
          { signal: abort.signal, onProgress: (token) => tell(({ written }) => ({ written: [...written, ...token] })) },
        );
        tell(() => ({ writing: { kind: 'done', reason, ms } }));
      } catch (error) {
        tell(() => ({ writing: { kind: 'failed', failure: toFailure(error) } }));
      }
      await get().lookAgain(runId);
    },
    endWriting() {
      const { writing } = get();
      if (writing.kind === 'writing') writing.stop();
      set({ writtenAfter: '', written: [], writing: { kind: 'idle' } });
    },
    async continueFrom(index, text) {
      const { writtenAfter, written, generate } = get();
      const before = written.slice(0, index).map((token) => token.text);
      set({ prompt: [writtenAfter, ...before, text].join('') });
      await generate();
    },
  });
