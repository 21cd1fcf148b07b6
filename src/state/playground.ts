/** Talking to the model: a prompt, how to choose among its guesses, and the tokens as they come. */
import { toFailure, type Failure } from '../core/base/errors';
import type { WhichSnapshot } from '../core/checkpoint/snapshot';
import type { GeneratedToken, GenerateInput } from '../protocol/gpu';
import type { Slice } from './studio';

export type Sampling = Pick<GenerateInput, 'temperature' | 'topK' | 'topP' | 'seed' | 'length'>;

export type Writing =
  | { kind: 'idle' }
  | { kind: 'writing'; since: number; stop(): void }
  | { kind: 'done'; reason: 'length' | 'stopped' | 'end'; ms: number }
  | { kind: 'failed'; failure: Failure };

export interface PlaygroundSlice {
  prompt: string;
  sampling: Sampling;
  which: WhichSnapshot;
  /** What was written after `writtenAfter`. */
  writtenAfter: string;
  written: readonly GeneratedToken[];
  writing: Writing;
  setPrompt(prompt: string): void;
  setSampling(change: Partial<Sampling>): void;
  setWhich(which: WhichSnapshot): void;
  generate(): Promise<void>;
}

export const createPlaygroundSlice: Slice<PlaygroundSlice> =
  ({ gpu, now }) =>
  (set, get) => ({
    prompt: 'The ',
    sampling: { temperature: 0.8, topK: 40, topP: 1, seed: 1, length: 200 },
    which: 'latest',
    writtenAfter: '',
    written: [],
    writing: { kind: 'idle' },
    setPrompt: (prompt) => set({ prompt }),
    setSampling: (change) => set(({ sampling }) => ({ sampling: { ...sampling, ...change } })),
    setWhich: (which) => set({ which }),
    async generate() {
      const { prompt, sampling, which, project, writing } = get();
      if (!project.runId || writing.kind === 'writing') return;
      const abort = new AbortController();
      set({
        writtenAfter: prompt,
        written: [],
        writing: { kind: 'writing', since: now(), stop: () => abort.abort() },
      });
      try {
        const { reason, ms } = await gpu.call(
          'generate',
          { runId: project.runId, which, prompt, ...sampling },
          { signal: abort.signal, onProgress: (token) => set(({ written }) => ({ written: [...written, ...token] })) },
        );
        set({ writing: { kind: 'done', reason, ms } });
      } catch (error) {
        set({ writing: { kind: 'failed', failure: toFailure(error) } });
      }
    },
  });
