/** Talking to the model: a prompt, how to choose among its guesses, and the tokens as they come. */
import { toFailure, type Failure } from '../core/base/errors';
import type { SavedStep } from '../core/checkpoint/checkpoint';
import type { WhichSnapshot } from '../core/checkpoint/snapshot';
import type { GeneratedToken, GenerateInput } from '../protocol/gpu';
import type { Slice, Studio } from './studio';
import { chosenStep } from './trained';

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
  /** The steps of the run that can be talked to and taken home, oldest first; read by `listSaved`. */
  savedSteps: readonly SavedStep[];
  /** What was written after `writtenAfter`. */
  writtenAfter: string;
  written: readonly GeneratedToken[];
  writing: Writing;
  setPrompt(prompt: string): void;
  setSampling(change: Partial<Sampling>): void;
  setWhich(which: WhichSnapshot): void;
  listSaved(): Promise<void>;
  generate(): Promise<void>;
  /** Ends what is being written, and clears what was: another model takes the place. */
  endWriting(): void;
  /** Writes on from `text` in place of the token at `index`; the text up to there becomes the prompt. */
  continueFrom(index: number, text: string): Promise<void>;
}

export const createPlaygroundSlice: Slice<PlaygroundSlice> =
  ({ gpu, data, now }) =>
  (set, get) => ({
    prompt: 'The ',
    sampling: { temperature: 0.8, topK: 40, topP: 1, seed: 1, length: 200 },
    which: 'latest',
    savedSteps: [],
    writtenAfter: '',
    written: [],
    writing: { kind: 'idle' },
    setPrompt: (prompt) => set({ prompt }),
    setSampling: (change) => set(({ sampling }) => ({ sampling: { ...sampling, ...change } })),
    setWhich: (which) => set({ which }),
    async listSaved() {
      const { runId } = get().project;
      if (runId === null) {
        set({ savedSteps: [] });
        return;
      }
      const { steps, damaged } = await data.call('savedSteps', { runId });
      if (get().project.runId !== runId) return;
      set({ savedSteps: steps, which: stillThere(steps, get().which) });
      get().tellDamaged(runId, damaged);
    },
    async generate() {
      const { prompt, sampling, which, project } = get();
      if (!project.runId || get().writing.kind === 'writing') return;
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
          { runId: project.runId, which, prompt, ...sampling },
          { signal: abort.signal, onProgress: (token) => tell(({ written }) => ({ written: [...written, ...token] })) },
        );
        tell(() => ({ writing: { kind: 'done', reason, ms } }));
      } catch (error) {
        tell(() => ({ writing: { kind: 'failed', failure: toFailure(error) } }));
      }
      await get().lookAgain();
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

/** Where the step that was chosen is gone it is the newest, and where no newest can be opened the best. */
function stillThere(savedSteps: readonly SavedStep[], which: WhichSnapshot): WhichSnapshot {
  if (savedSteps.length === 0 || chosenStep({ savedSteps, which })) return which;
  return savedSteps.some(({ latest }) => latest) ? 'latest' : 'best';
}
