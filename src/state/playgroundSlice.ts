/** Runs the Playground's model on the prompt, and keeps its texts. */
import { toFailure } from '../core/base/errors';
import { likeliest } from '../core/base/likeliest';
import type { Message } from '../core/chat/conversation';
import type { WhichSnapshot } from '../core/checkpoint/snapshot';
import type { GeneratedToken, Sampling, WrittenBy } from '../core/runs/playground';
import { nextSeed } from '../core/sample/nextSeed';
import { playgroundKeeper, type PlaygroundKeeper } from './keptPlayground';
import { shownId, shownRun } from './openRun';
import {
  drawKey,
  isChatting,
  isDrawn,
  isSuited,
  playgroundKind,
  type PlaygroundKind,
  promptOf,
  type ShownPlayground,
  shownText,
} from './playground';
import { usedStep } from './trained';
import { earlierAfter, recordOfEarlier } from './writtenTexts';
import type { PlaygroundSlice, Writing } from './slices/playground';
import type { SetState, Slice, SliceServices, Studio } from './slices/studio';

type PlaygroundNeeds = Pick<Studio, 'lookAgain' | 'opened' | 'project' | 'runs' | 'shown'>;
type PlaygroundState = PlaygroundSlice & PlaygroundNeeds;

/** Maximum number of candidates for a blank. */
const MAX_CANDIDATES = 12;

export const createPlaygroundSlice: Slice<PlaygroundSlice, PlaygroundNeeds> = (services) => (set, get, studio) => {
  const keeper = playgroundKeeper(services, studio, shownText);
  return {
    ...NO_SETTINGS,
    ...NOTHING_WRITTEN,
    ...NO_TEXTS,
    setPrompt: (prompt) => set({ prompt }),
    setChat(isChat) {
      set((s) => ({ earlier: earlierAfter(s, services.now()) }));
      get().endWriting();
      set({ isChat, prompt: null });
    },
    setSystem: (system) => set({ system }),
    setSampling: (change) => set(({ sampling }) => ({ sampling: { ...sampling, ...change } })),
    choose(blank, candidate) {
      set(({ filled }) => ({ filled: filled && { ...filled, choices: filled.choices.with(blank, candidate) } }));
    },
    ...generation(services, set, get),
    ...keptTexts(services, keeper, set, get),
  };
};

/** Generates texts, fills passages and classifies texts. */
function generation(
  services: Pick<SliceServices, 'gpu' | 'now'>,
  set: SetState<PlaygroundState>,
  get: () => PlaygroundState,
): Pick<PlaygroundSlice, 'generate' | 'answerAgain' | 'continueFrom'> {
  const { now } = services;
  return {
    async generate() {
      const runId = shownId(get(), 'playground');
      if (runId === null || get().writing.kind === 'writing') return;
      takeNewSeed(get(), runId);
      const request = requestOf(get(), runId);
      const { kind, prompt, isChat, messages, sampling } = request;
      const abort = new AbortController();
      const writing = { kind: 'writing', since: now(), stop: () => abort.abort() } as const;
      set({
        earlier: earlierAfter(get(), now()),
        said: messages,
        writtenAfter: prompt,
        written: [],
        writtenBy: writerOf(get(), runId),
        writtenWith: sampling,
        filled: null,
        classified: null,
        writing,
        ...(isChat && { prompt: null }),
      });
      /** Ignores late tokens after an end: they belong to another model. */
      const update: Update = (change) => {
        if (get().writing === writing) set(change);
      };
      try {
        await RUN_MODEL[kind](services, request, { signal: abort.signal, update });
      } catch (error) {
        if (kind === 'classifier' && abort.signal.aborted) {
          update(() => ({ writing: { kind: 'done', reason: 'stopped', ms: now() - writing.since } }));
          return;
        }
        // Returns the question to the field, unless something else was typed meanwhile.
        update(({ prompt: typed }) => ({
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
      const { writing, written: newAnswer } = get();
      if (writing.kind === 'failed' && newAnswer.length === 0) set({ prompt: typed, writtenAfter, written });
    },
    async continueFrom(index, text) {
      const { writtenAfter, written, generate } = get();
      const before = written.slice(0, index).map((token) => token.text);
      set({ prompt: [writtenAfter, ...before, text].join('') });
      await generate();
    },
  };
}

/** Takes the next seed if the same request was drawn last, so that it gives another text. */
function takeNewSeed(s: PlaygroundState, runId: string): void {
  const { which } = shownRun(s, 'playground');
  const key = drawKey({ runId, which, isChat: isChatting(s) }, promptOf(s), s.sampling);
  if (isDrawn(playgroundKind(s), s.sampling) && s.lastDraw === key) s.setSampling({ seed: nextSeed(s.sampling.seed) });
}

interface GenerationRequest {
  kind: PlaygroundKind;
  runId: string;
  which: WhichSnapshot;
  prompt: string;
  isChat: boolean;
  /** System prompt of a chat. */
  system: string;
  /** Messages of the chat before the prompt. */
  messages: readonly Message[];
  sampling: Sampling;
}

function requestOf(s: PlaygroundState, runId: string): GenerationRequest {
  const { system, said, writtenAfter, written, sampling } = s;
  const isChat = isChatting(s);
  return {
    kind: playgroundKind(s),
    runId,
    which: shownRun(s, 'playground').which,
    prompt: promptOf(s),
    isChat,
    system,
    messages: isChat ? [...said, ...exchange(writtenAfter, written)] : [],
    sampling,
  };
}

type Update = (change: (state: PlaygroundSlice) => Partial<PlaygroundSlice>) => void;
type RunModel = (
  services: Pick<SliceServices, 'gpu' | 'now'>,
  request: GenerationRequest,
  options: { signal: AbortSignal; update: Update },
) => Promise<void>;

const fillBlanks: RunModel = async ({ gpu }, { runId, which, prompt }, { signal, update }) => {
  const filled = await gpu.call('fill', { runId, which, passage: prompt, max: MAX_CANDIDATES }, { signal });
  update(() => ({
    filled: { ...filled, choices: filled.blanks.map(() => 0) },
    writing: { kind: 'done', reason: 'filled', ms: filled.ms },
  }));
};

const classifyText: RunModel = async ({ gpu, now }, { runId, which, prompt }, { signal, update }) => {
  const startedAt = now();
  const [given] = await gpu.call('classify', { runId, which, texts: [prompt] }, { signal });
  const label = likeliest(given!.probabilities);
  update(() => ({ classified: { given: given!, label, decided: null } }));
  const decided = await gpu.call('decided', { runId, which, text: prompt, label }, { signal });
  const done: Writing = { kind: 'done', reason: 'classified', ms: now() - startedAt };
  update(() => ({ classified: { given: given!, label, decided }, writing: done }));
};

const generateTokens: RunModel = async ({ gpu }, request, { signal, update }) => {
  const { kind, runId, which, prompt, isChat, system, messages, sampling } = request;
  const chat = isChat && {
    chat: system.trim() === '' ? messages : [{ role: 'system', content: system } as const, ...messages],
  };
  const settings = kind === 'decoder' ? continuationSettings(sampling) : answerSettings(sampling);
  const outcome = await gpu.call(
    'generate',
    { runId, which, prompt, ...chat, ...settings },
    { signal, onProgress: (tokens) => update(({ written }) => ({ written: [...written, ...tokens] })) },
  );
  update(({ written }) => ({
    writing: { kind: 'done', ...outcome },
    lastDraw: written.length > 0 ? drawKey({ runId, which, isChat }, prompt, sampling) : null,
  }));
};

const RUN_MODEL: Readonly<Record<PlaygroundKind, RunModel>> = {
  encoder: fillBlanks,
  classifier: classifyText,
  decoder: generateTokens,
  'encoder-decoder': generateTokens,
};

/** Clears, restores and keeps texts when the project, the model or the text changes. */
function keptTexts(
  { now }: Pick<SliceServices, 'now'>,
  keeper: PlaygroundKeeper,
  set: SetState<PlaygroundState>,
  get: () => PlaygroundState,
): Pick<PlaygroundSlice, 'endWriting' | 'loadPlayground' | 'leaveModel' | 'showEarlier'> {
  const stopWriting = (): void => {
    const { writing } = get();
    if (writing.kind === 'writing') writing.stop();
  };
  return {
    endWriting() {
      if (get().writing.kind === 'idle') return;
      stopWriting();
      set(NOTHING_WRITTEN);
      keeper.forget();
    },
    async loadPlayground() {
      const { playgroundOf, project, leaveModel } = get();
      if (playgroundOf === project.id) {
        leaveModel();
        return;
      }
      stopWriting();
      set({ ...NO_SETTINGS, ...NOTHING_WRITTEN, ...NO_TEXTS });
      await keeper.load();
    },
    leaveModel() {
      const { writing, writtenBy, written, filled } = get();
      stopWriting();
      const hasText = writing.kind !== 'failed' && (written.length > 0 || filled !== null);
      if (hasText && writtenBy && isSuited(get(), writtenBy)) {
        if (writing.kind === 'writing')
          set({ writing: { kind: 'done', reason: 'stopped', ms: now() - writing.since } });
        return;
      }
      set(NOTHING_WRITTEN);
      void keeper.loadText();
    },
    showEarlier(text) {
      stopWriting();
      const { prompt, sampling } = text;
      set((s) => {
        const otherTexts = s.earlier.filter((earlier) => earlier !== text);
        const earlier = earlierAfter({ ...s, earlier: otherTexts }, now());
        return { ...shownText(s, recordOfEarlier(text, earlier)), prompt, sampling };
      });
      keeper.save();
    },
  };
}

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

/** Model that generates a text now. */
function writerOf(s: ShownPlayground & Pick<Studio, 'runs'>, runId: string): WrittenBy {
  const { record, which, usable } = shownRun(s, 'playground');
  const { name, vocabulary } = { name: record?.name ?? '', vocabulary: record?.model.vocabulary ?? 0 };
  const step = usedStep(s, runId) ?? usable?.step ?? 0;
  return { runId, name, step, kind: playgroundKind(s), isChat: isChatting(s), vocabulary, which };
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

/** Settings for a model that continues a text. */
const continuationSettings = ({ how: _how, beams: _beams, ...sampling }: Sampling) => sampling;

/** Settings for a model that answers. */
function answerSettings({ how, beams, ...sampling }: Sampling) {
  if (how === 'chance') return sampling;
  return { ...sampling, temperature: 0, ...(how === 'beams' && { beams }) };
}
