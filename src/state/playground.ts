/** Talking to a model: a prompt, how to choose among its guesses, and the tokens as they come, or the blanks as it fills them. */
import { toFailure, type Failure } from '../core/base/errors';
import { likeliest } from '../core/base/likeliest';
import { formatCount } from '../core/base/units';
import type { Message } from '../core/chat/conversation';
import type { Decided } from '../core/evaluate/decided';
import { modelSpec } from '../core/models';
import type { ModelKind } from '../core/models/spec';
import { recipeOf } from '../core/runs/segments';
import { nextSeed } from '../core/sample/nextSeed';
import { BLANK, hasBlank } from '../core/tokenizer/passage';
import { hasChatTemplate } from '../core/tokenizer/tokenizer';
import type { FilledPassage, GeneratedToken, GenerateInput, GivenLabels } from '../protocol/gpu';
import { shownId, shownRun } from './openRun';
import type { Slice, Studio } from './studio';
import { usedStep } from './trained';

export interface Sampling extends Pick<GenerateInput, 'temperature' | 'topK' | 'topP' | 'seed' | 'length'> {
  /** Of a model that answers. */
  how: 'likeliest' | 'beams' | 'chance';
  beams: { count: number; lengthPenalty: number };
}

/** A passage with what was chosen for each of its blanks: the place among its candidates, 0 at first. */
export interface Filled extends FilledPassage {
  choices: readonly number[];
}

/** Labels that a classifier gives to a text, and once they are known the words that spoke for the likeliest. */
export interface Classified {
  given: GivenLabels;
  /** The likeliest, by its place. */
  label: number;
  decided: Decided | null;
}

export type Writing =
  | { kind: 'idle' }
  | { kind: 'writing'; since: number; stop(): void }
  | { kind: 'done'; reason: 'length' | 'stopped' | 'end' | 'filled' | 'classified'; ms: number; leftOut?: number }
  | { kind: 'failed'; failure: Failure };

export interface PlaygroundSlice {
  /** Null until a person writes one: then it is the prompt of the run that is shown. */
  prompt: string | null;
  sampling: Sampling;
  /** Whether it is talked with; null: as its run has learnt. */
  isChat: boolean | null;
  /** What a model that chats goes by, before all that is said. */
  system: string;
  /** What was said before `writtenAfter`, which the user says, and `written`, which the model answers. */
  said: readonly Message[];
  /** What was written after `writtenAfter`. */
  writtenAfter: string;
  written: readonly GeneratedToken[];
  /** Step of the model that wrote it: a run that trains may have gone on since. */
  writtenStep: number | undefined;
  /** Model, prompt and settings of the last text drawn by chance: asking for the same again takes the next seed. */
  lastDraw: string | null;
  /** The passage as a model that reads both ways has filled it. */
  filled: Filled | null;
  /** Which labels the text has by a classifier. */
  classified: Classified | null;
  writing: Writing;
  setPrompt(prompt: string): void;
  setChat(isChat: boolean): void;
  setSystem(system: string): void;
  setSampling(change: Partial<Sampling>): void;
  /** What the model does with the prompt: it goes on from it, answers it, fills its blanks, or tells its labels. */
  generate(): Promise<void>;
  /** Another answer in place of the last, by another seed. */
  answerAgain(): Promise<void>;
  /** Another of its candidates stands in a blank. */
  choose(blank: number, candidate: number): void;
  /** Ends what is being written, and clears what was: another model takes the place. */
  endWriting(): void;
  /** Writes on from `text` in place of the token at `index`; the text up to there becomes the prompt. */
  continueFrom(index: number, text: string): Promise<void>;
}

type Shown = Pick<Studio, 'prompt' | 'isChat' | 'shown' | 'opened' | 'project'>;

/** What the model of the page does with a text. */
export function playgroundKind(s: Pick<Studio, 'shown' | 'opened' | 'project'>): PlaygroundKind {
  const { id, config } = shownRun(s, 'playground').record?.model ?? s.project.model;
  return config.classes ? 'classifier' : modelSpec(id).kind;
}
export type PlaygroundKind = ModelKind | 'classifier';

/** Whether the page's model has a template by which it is talked with. */
export function canChat(s: Pick<Studio, 'shown' | 'opened' | 'project'>): boolean {
  const { record } = shownRun(s, 'playground');
  return record !== null && playgroundKind(s) === 'decoder' && hasChatTemplate(record.tokenizer);
}
export const isChatting = (s: Shown): boolean =>
  canChat(s) && (s.isChat ?? shownRun(s, 'playground').record?.objective === 'chats');

/** What the model is to go on from, answer or fill. A space at its end would be half a token of most words. */
export function promptOf(s: Shown): string {
  if (isChatting(s)) return s.prompt ?? '';
  const { record } = shownRun(s, 'playground');
  const usual = (record ? recipeOf(record) : s.project.recipe).samplePrompt.trimEnd();
  return s.prompt ?? (playgroundKind(s) === 'encoder' && !hasBlank(usual) ? `${usual} ${BLANK}` : usual);
}

/** The passage with what was chosen for its blanks. */
export const filledText = ({ pieces, blanks, choices }: Filled): string =>
  pieces.map((piece, i) => piece + (blanks[i]?.[choices[i]!]?.inPlace ?? '')).join('');

/** Candidates that are listed for a blank. */
const MOST = 12;

export const createPlaygroundSlice: Slice<PlaygroundSlice> =
  ({ gpu, now }) =>
  (set, get) => ({
    prompt: null,
    isChat: null,
    system: '',
    said: [],
    sampling: {
      ...{ temperature: 0.8, topK: 40, topP: 1, seed: 1, length: 200 },
      ...{ how: 'likeliest', beams: { count: 4, lengthPenalty: 1 } },
    },
    writtenAfter: '',
    written: [],
    writtenStep: undefined,
    lastDraw: null,
    filled: null,
    classified: null,
    writing: { kind: 'idle' },
    setPrompt: (prompt) => set({ prompt }),
    setChat(isChat) {
      get().endWriting();
      set({ isChat, prompt: null });
    },
    setSystem: (system) => set({ system }),
    setSampling: (change) => set(({ sampling }) => ({ sampling: { ...sampling, ...change } })),
    async generate() {
      const prompt = promptOf(get());
      const kind = playgroundKind(get());
      const runId = shownId(get(), 'playground');
      const { which } = shownRun(get(), 'playground');
      if (runId === null || get().writing.kind === 'writing') return;
      const isChat = isChatting(get());
      const draw = (): string => JSON.stringify([runId, which, isChat, prompt, get().sampling]);
      if (isDrawn(kind, get().sampling) && get().lastDraw === draw())
        get().setSampling({ seed: nextSeed(get().sampling.seed) });
      const { sampling } = get();
      const lastDraw = draw();
      const { system, said: before, writtenAfter, written: answer } = get();
      const said = isChat ? [...before, ...exchange(writtenAfter, answer)] : [];
      const abort = new AbortController();
      const mine: Writing = { kind: 'writing', since: now(), stop: () => abort.abort() };
      set({
        said,
        writtenAfter: prompt,
        written: [],
        writtenStep: usedStep(get(), runId),
        filled: null,
        classified: null,
        writing: mine,
        ...(isChat && { prompt: null }),
      });
      /** Not once it was ended: what still comes belongs to another model. */
      const tell = (change: (studio: Studio) => Partial<Studio>): void => {
        if (get().writing === mine) set(change);
      };
      try {
        if (kind === 'encoder') {
          const input = { runId, which, passage: prompt, most: MOST };
          const filled = await gpu.call('fill', input, { signal: abort.signal });
          const done: Writing = { kind: 'done', reason: 'filled', ms: filled.ms };
          tell(() => ({ filled: { ...filled, choices: filled.blanks.map(() => 0) }, writing: done }));
        } else if (kind === 'classifier') {
          const began = now();
          const [given] = await gpu.call('classify', { runId, which, texts: [prompt] }, { signal: abort.signal });
          const { probabilities } = given!;
          const label = likeliest(probabilities);
          tell(() => ({ classified: { given: given!, label, decided: null } }));
          const decided = await gpu.call('decided', { runId, which, text: prompt, label }, { signal: abort.signal });
          const done: Writing = { kind: 'done', reason: 'classified', ms: now() - began };
          tell(() => ({ classified: { given: given!, label, decided }, writing: done }));
        } else {
          const chat = isChat && {
            chat: system.trim() === '' ? said : [{ role: 'system', content: system } as const, ...said],
          };
          const done = await gpu.call(
            'generate',
            { runId, which, prompt, ...chat, ...(kind === 'decoder' ? chance(sampling) : answering(sampling)) },
            {
              signal: abort.signal,
              onProgress: (token) => tell(({ written }) => ({ written: [...written, ...token] })),
            },
          );
          tell(({ written }) => ({
            writing: { kind: 'done', ...done },
            lastDraw: written.length > 0 ? lastDraw : null,
          }));
        }
      } catch (error) {
        if (kind === 'classifier' && abort.signal.aborted) {
          tell(() => ({ writing: { kind: 'done', reason: 'stopped', ms: now() - mine.since } }));
          return;
        }
        // What was asked can be asked otherwise, where nothing else was typed meanwhile.
        tell(({ prompt: typed }) => ({
          writing: { kind: 'failed', failure: toFailure(error) },
          ...(isChat && !typed && { prompt, writtenAfter: '' }),
        }));
      }
      await get().lookAgain(runId);
    },
    async answerAgain() {
      const { prompt: typed, writtenAfter, written, sampling, generate } = get();
      set({ prompt: writtenAfter, written: [], sampling: { ...sampling, seed: nextSeed(sampling.seed) } });
      const answered = generate();
      set({ prompt: typed });
      await answered;
      const { writing, written: now } = get();
      if (writing.kind === 'failed' && now.length === 0) set({ prompt: typed, writtenAfter, written });
    },
    endWriting() {
      const { writing } = get();
      if (writing.kind === 'idle') return;
      if (writing.kind === 'writing') writing.stop();
      set({ said: [], writtenAfter: '', written: [], filled: null, classified: null, writing: { kind: 'idle' } });
    },
    choose(blank, candidate) {
      set(({ filled }) => ({ filled: filled && { ...filled, choices: filled.choices.with(blank, candidate) } }));
    },
    async continueFrom(index, text) {
      const { writtenAfter, written, generate } = get();
      const before = written.slice(0, index).map((token) => token.text);
      set({ prompt: [writtenAfter, ...before, text].join('') });
      await generate();
    },
  });

/** How the shown result differs from what is chosen now: `for the earlier text, from step 352`. */
export function resultNote(
  s: Shown & Pick<Studio, 'classified' | 'written' | 'writtenAfter' | 'writtenStep' | 'runs'>,
) {
  const runId = shownId(s, 'playground');
  if (runId === null || (!s.classified && s.written.length === 0)) return undefined;
  const isOfEarlier = s.classified !== null && promptOf(s) !== s.writtenAfter;
  const isOfOtherStep = s.writtenStep !== undefined && s.writtenStep !== usedStep(s, runId);
  const notes = [isOfEarlier && 'for the earlier text', isOfOtherStep && `from step ${formatCount(s.writtenStep!)}`];
  return notes.filter(Boolean).join(', ') || undefined;
}

/** What a user and a model said to it; nothing where it said nothing. */
export function exchange(question: string, answer: readonly GeneratedToken[]): readonly Message[] {
  const content = answer.map(({ text }) => text).join('');
  return content.trim() === ''
    ? []
    : [
        { role: 'user', content: question },
        { role: 'assistant', content },
      ];
}

/** Whether chance decides what the model writes. */
const isDrawn = (kind: PlaygroundKind, { how, temperature }: Sampling): boolean =>
  temperature > 0 && (kind === 'decoder' || (kind === 'encoder-decoder' && how === 'chance'));

/** What is asked of a model that goes on from a text. */
const chance = ({ how: _how, beams: _beams, ...sampling }: Sampling) => sampling;

/** And of one that answers. */
function answering({ how, beams, ...sampling }: Sampling) {
  if (how === 'chance') return sampling;
  return { ...sampling, temperature: 0, ...(how === 'beams' && { beams }) };
}
