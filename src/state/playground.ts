/** Playground: a prompt, sampling settings, and tokens as they are generated, or blanks as they are filled. */
import { toFailure } from '../core/base/errors';
import { likeliest } from '../core/base/likeliest';
import { formatCount } from '../core/base/units';
import type { Message } from '../core/chat/conversation';
import { modelSpec } from '../core/models';
import type { ModelKind } from '../core/models/spec';
import type { Filled, GeneratedToken, Sampling, WrittenBy, WrittenRecord } from '../core/runs/playground';
import { recipeOf } from '../core/runs/segments';
import { markOf } from '../core/sample/mark';
import { nextSeed } from '../core/sample/nextSeed';
import { BLANK, hasBlank } from '../core/tokenizer/passage';
import { hasChatTemplate } from '../core/tokenizer/tokenizer';
import { vocabularySize } from './estimate';
import { playgroundKeeper } from './keptPlayground';
import { modelOf, shownId, shownRun } from './openRun';
import { usedStep } from './trained';
import { earlierAfter, recordOfEarlier, textsOf } from './writtenTexts';
import type { PlaygroundSlice, Writing } from './slices/playground';
import type { Slice, Studio } from './slices/studio';

export type { Sampling };
type Shown = Pick<Studio, 'prompt' | 'isChat' | 'shown' | 'opened' | 'project'>;

/** Task of the page's model for a text. */
export function playgroundKind(s: Pick<Studio, 'shown' | 'opened' | 'project'>): PlaygroundKind {
  const { id, config } = shownRun(s, 'playground').record?.model ?? s.project.model;
  return config.classes ? 'classifier' : modelSpec(id).kind;
}
export type PlaygroundKind = ModelKind | 'classifier';

/** Whether the page's model has a chat template. */
export function canChat(s: Pick<Studio, 'shown' | 'opened' | 'project'>): boolean {
  const { record } = shownRun(s, 'playground');
  return record !== null && playgroundKind(s) === 'decoder' && hasChatTemplate(record.tokenizer);
}
export const isChatting = (s: Shown): boolean =>
  canChat(s) && (s.isChat ?? shownRun(s, 'playground').record?.objective === 'chats');

/** Prompt to continue, answer or fill. Without trailing spaces, which are half a token of most words. */
export function promptOf(s: Shown): string {
  if (isChatting(s)) return s.prompt ?? '';
  const { record } = shownRun(s, 'playground');
  const usual = (record ? recipeOf(record) : s.project.recipe).samplePrompt.trimEnd();
  return s.prompt ?? (playgroundKind(s) === 'encoder' && !hasBlank(usual) ? `${usual} ${BLANK}` : usual);
}

/** The passage with the chosen candidate in each blank. */
export const filledText = ({ pieces, blanks, choices }: Filled): string =>
  pieces.map((piece, i) => piece + (blanks[i]?.[choices[i]!]?.inPlace ?? '')).join('');

type PlaygroundNeeds = Pick<Studio, 'lookAgain' | 'opened' | 'project' | 'runs' | 'shown'>;

/** Maximum number of candidates for a blank. */
const MAX = 12;

export const createPlaygroundSlice: Slice<PlaygroundSlice, PlaygroundNeeds> = (services) => (set, get, api) => {
  const { gpu, now } = services;
  const keeper = playgroundKeeper(services, api, shownText);
  return {
    ...NO_SETTINGS,
    ...NOTHING_WRITTEN,
    ...NO_TEXTS,
    setPrompt: (prompt) => set({ prompt }),
    setChat(isChat) {
      set((s) => ({ earlier: earlierAfter(s, now()) }));
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
      const draw = (): string => drawOf({ runId, which, isChat }, prompt, get().sampling);
      if (isDrawn(kind, get().sampling) && get().lastDraw === draw())
        get().setSampling({ seed: nextSeed(get().sampling.seed) });
      const { sampling } = get();
      const lastDraw = draw();
      const { system, said: before, writtenAfter, written: answer } = get();
      const said = isChat ? [...before, ...exchange(writtenAfter, answer)] : [];
      const abort = new AbortController();
      const mine: Writing = { kind: 'writing', since: now(), stop: () => abort.abort() };
      set({
        earlier: earlierAfter(get(), now()),
        said,
        writtenAfter: prompt,
        written: [],
        writtenBy: writerOf(get(), runId),
        writtenWith: sampling,
        filled: null,
        classified: null,
        writing: mine,
        ...(isChat && { prompt: null }),
      });
      /** Ignores late tokens after an end: they belong to another model. */
      const tell = (change: (state: PlaygroundSlice) => Partial<PlaygroundSlice>): void => {
        if (get().writing === mine) set(change);
      };
      try {
        if (kind === 'encoder') {
          const input = { runId, which, passage: prompt, max: MAX };
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
        // Returns the question to the field, unless something else was typed meanwhile.
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
      set(NOTHING_WRITTEN);
      keeper.forget();
    },
    async loadPlayground() {
      const { playgroundOf, project, writing, leaveModel } = get();
      if (playgroundOf === project.id) {
        leaveModel();
        return;
      }
      if (writing.kind === 'writing') writing.stop();
      set({ ...NO_SETTINGS, ...NOTHING_WRITTEN, ...NO_TEXTS });
      await keeper.load();
    },
    leaveModel() {
      const { writing, writtenBy, written, filled } = get();
      if (writing.kind === 'writing') writing.stop();
      const hasText = writing.kind !== 'failed' && (written.length > 0 || filled !== null);
      if (hasText && writtenBy && isSuited(get(), writtenBy)) {
        if (writing.kind === 'writing')
          set({ writing: { kind: 'done', reason: 'stopped', ms: now() - writing.since } });
        return;
      }
      set(NOTHING_WRITTEN);
      void keeper.loadText();
    },
    choose(blank, candidate) {
      set(({ filled }) => ({ filled: filled && { ...filled, choices: filled.choices.with(blank, candidate) } }));
    },
    showEarlier(text) {
      const { writing } = get();
      if (writing.kind === 'writing') writing.stop();
      const { prompt, sampling } = text;
      set((s) => {
        const others = s.earlier.filter((each) => each !== text);
        const earlier = earlierAfter({ ...s, earlier: others }, now());
        return { ...shownText(s, recordOfEarlier(text, earlier)), prompt, sampling };
      });
      keeper.save();
    },
    async continueFrom(index, text) {
      const { writtenAfter, written, generate } = get();
      const before = written.slice(0, index).map((token) => token.text);
      set({ prompt: [writtenAfter, ...before, text].join('') });
      await generate();
    },
  };
};

const NO_SETTINGS = {
  prompt: null,
  isChat: null,
  system: '',
  sampling: {
    ...{ temperature: 0.8, topK: 40, topP: 1, seed: 1, length: 200 },
    ...{ how: 'likeliest', beams: { count: 4, lengthPenalty: 1 } },
  },
} as const satisfies Partial<PlaygroundSlice>;

const NO_TEXTS = { earlier: [], playgroundOf: null } as const satisfies Partial<PlaygroundSlice>;

const NOTHING_WRITTEN = {
  ...{ said: [], writtenAfter: '', written: [], writtenBy: null, writtenWith: null, lastDraw: null },
  ...{ filled: null, classified: null },
  writing: { kind: 'idle' },
} as const satisfies Partial<PlaygroundSlice>;

/** Key of a request. */
const drawOf = (
  { runId, which, isChat }: Pick<WrittenBy, 'runId' | 'which' | 'isChat'>,
  prompt: string,
  sampling: Sampling,
): string => JSON.stringify([runId, which, isChat, prompt, sampling]);

function writerOf(s: Shown & Pick<Studio, 'runs'>, runId: string): WrittenBy {
  const { record, which, usable } = shownRun(s, 'playground');
  const { name, vocabulary } = { name: record?.name ?? '', vocabulary: record?.model.vocabulary ?? 0 };
  const step = usedStep(s, runId) ?? usable?.step ?? 0;
  return { runId, name, step, kind: playgroundKind(s), isChat: isChatting(s), vocabulary, which };
}

function shownText(s: Shown, record: WrittenRecord): Partial<PlaygroundSlice> {
  const { by, prompt, sampling, said, tokens, filled, outcome, earlier = [] } = record;
  if (!isSuited(s, by)) return { earlier: textsOf(record) };
  return {
    earlier,
    ...{ said, writtenAfter: prompt, written: tokens, writtenBy: by, writtenWith: sampling, filled },
    writing: { kind: 'done', ...outcome, isRestored: true },
    lastDraw: tokens.length > 0 ? drawOf(by, prompt, sampling) : null,
  };
}

/** Whether a text can stay with the shown model: another one of its kind; for a chat, only the same run. */
function isSuited(s: Shown, by: WrittenBy): boolean {
  const { record, id } = modelOf(s, 'playground') ?? {};
  if (!record || by.kind !== playgroundKind(s) || by.isChat !== isChatting(s)) return false;
  return !by.isChat || by.runId === id;
}

/** How the shown result differs from the current choice: `for the earlier text, from step 352`, `by sea-1, step 20`. */
export function resultNote(
  s: Shown & Pick<Studio, 'classified' | 'written' | 'filled' | 'writtenAfter' | 'writtenBy' | 'runs'>,
): string | undefined {
  const runId = shownId(s, 'playground');
  const { classified, written, filled, writtenBy } = s;
  if (runId === null || (!classified && !filled && written.length === 0)) return undefined;
  const isOfEarlier = classified !== null && promptOf(s) !== s.writtenAfter;
  const notes = [isOfEarlier && 'for the earlier text', writtenBy && otherModel(s, writtenBy, runId)];
  return notes.filter(Boolean).join(', ') || undefined;
}
function otherModel(s: Pick<Studio, 'opened' | 'runs'>, { runId, name, step }: WrittenBy, shown: string) {
  const words = `step ${formatCount(step)}`;
  if (runId !== shown) return `by ${nameNow(s, runId) ?? name}, ${words}`;
  return step === usedStep(s, shown) ? undefined : `from ${words}`;
}
const nameNow = ({ opened, runs }: Pick<Studio, 'opened' | 'runs'>, runId: string): string | undefined =>
  opened[runId]?.record?.name ?? runs?.find(({ record }) => record.id === runId)?.record.name;

/** Size of the vocabulary of the model that wrote, or of the shown one if nothing is written. */
export const writtenVocabulary = (s: Shown & Pick<Studio, 'writtenBy'>): number =>
  s.writtenBy?.vocabulary ?? shownRun(s, 'playground').record?.model.vocabulary ?? vocabularySize(s.project);

/** Line under a copied text that says a model wrote it. */
export function resultMark(s: Pick<Studio, 'writtenBy' | 'opened' | 'runs'>): string {
  const { runId, name, step } = s.writtenBy ?? { runId: '', name: '', step: undefined };
  return markOf(nameNow(s, runId) ?? name, step);
}

/** Messages of a question and its answer; empty without an answer. */
function exchange(question: string, answer: readonly GeneratedToken[]): readonly Message[] {
  const content = answer.map(({ text }) => text).join('');
  return content.trim() === ''
    ? []
    : [
        { role: 'user', content: question },
        { role: 'assistant', content },
      ];
}

/** Whether generation is random. */
export const isDrawn = (kind: PlaygroundKind, { how, temperature }: Sampling): boolean =>
  temperature > 0 && (kind === 'decoder' || (kind === 'encoder-decoder' && how === 'chance'));

/** Settings for a model that continues a text. */
const chance = ({ how: _how, beams: _beams, ...sampling }: Sampling) => sampling;

/** Settings for a model that answers. */
function answering({ how, beams, ...sampling }: Sampling) {
  if (how === 'chance') return sampling;
  return { ...sampling, temperature: 0, ...(how === 'beams' && { beams }) };
}
