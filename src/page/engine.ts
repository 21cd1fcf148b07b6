import { badFile, badSettings, HomegrownError, toFailure } from '../core/base/errors';
import { uniform } from '../core/base/rng';
import { formatBytes, formatCount } from '../core/base/units';
import { firstNonFinite, type HostTensor } from '../core/checkpoint/tensors';
import type { Message } from '../core/chat/conversation';
import { inContext, roomFor } from '../core/chat/room';
import { prompter } from '../core/chat/served';
import { crc32 } from '../core/files/crc32';
import type { ModelChoice } from '../core/models/network';
import { checkLabelOverflow, checkOverflow } from '../core/models/overflow';
import { candidates, type Filled } from '../core/sample/candidates';
import { checkFits } from '../core/sample/fits';
import { probabilitiesOf } from '../core/sample/labelsOf';
import { sampleToken } from '../core/sample/sampleToken';
import { windowsOf } from '../core/sample/textRows';
import { tokenizerOf } from '../core/tokenizer/byteLevel';
import { passageIds, readPassage } from '../core/tokenizer/passage';
import { answerStart, aroundText, promptIds, sourceIds } from '../core/tokenizer/prompt';
import { wholeCharacters } from '../core/tokenizer/statistics';
import type { Tokenizer } from '../core/tokenizer/tokenizer';
import { damaged, parseModel } from './damaged';
import { isInFours, type Kernels, type PageForward, type Reader } from '../core/models/page';
import type { Classes, ModelKind } from '../core/models/spec';
import { plainKernels } from './kernels';
import { labelScoresOf } from './labelScoresOf';
import type { Classified, FromEngine, Line, ToEngine } from './protocol';
import { PAGE_FORWARDS } from './readers';
import { simdKernels } from './simdKernels';
import { nextScores } from './nextScores';

/** Loads the model and generates text, in a worker or in turns of the page's event loop. */
export function serve(page: Line<FromEngine, ToEngine>): void {
  let loading: ReturnType<typeof load> | undefined;
  let model: Model | undefined;
  let writing = new AbortController();
  const failed = (error: unknown): void => page.postMessage({ kind: 'failed', failure: toFailure(error) });

  const handle = async (message: ToEngine): Promise<void> => {
    switch (message.kind) {
      case 'model':
        loading = load(message.json);
        page.postMessage({ kind: 'took', ...loading.take('') });
        return;
      case 'weights':
        page.postMessage({ kind: 'took', ...loading!.take(message.base64) });
        return;
      case 'checksum':
        model = loading!.finish(message.crc32);
        page.postMessage({ kind: 'ready' });
        return;
      case 'write':
        writing = new AbortController();
        if (model!.classes)
          page.postMessage({ kind: 'classified', classified: classify(model!, model!.classes, message.prompt) });
        else if (model!.kind === 'encoder') page.postMessage({ kind: 'filled', filled: fill(model!, message.prompt) });
        else await write(model!, message, writing.signal, page);
        return;
      case 'stop':
        writing.abort();
    }
  };
  page.onmessage = ({ data }) => void handle(data).catch(failed);
  page.postMessage({ kind: 'listening' });
}

interface Model {
  kind: ModelKind;
  classes?: Classes;
  context: number;
  tokenizer: Tokenizer;
  reader: Reader;
  /** Scores after a continued text; caches what was read. */
  next: ReturnType<typeof nextScores>;
  /** Chat model only: encodes messages up to the answer, and the ids that end an answer. */
  chat?: { ask: (messages: readonly Message[]) => Uint32Array; ends: readonly number[] };
}

/** Collects weights; `finish` returns the model if the checksum matches. */
function load(json: string) {
  const { model, tensors, tokenizer: stated, tokenizerHash, chat } = parseModel(json);
  const floats = tensors.reduce((sum, [, size]) => sum + size, 0);
  const { kernels, weights } = memoryFor(model, floats);
  const bytes = new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength);
  let taken = 0;
  let sum = crc32(new TextEncoder().encode(json));

  return {
    /** @throws HomegrownError `bad-file` */
    take(base64: string): { bytes: number; of: number } {
      const piece = decoded(base64);
      if (taken + piece.length > bytes.length) throw wrongLength(taken + piece.length, bytes.length);
      for (let i = 0; i < piece.length; i++) bytes[taken + i] = piece.charCodeAt(i);
      sum = crc32(bytes.subarray(taken, (taken += piece.length)), sum);
      return { bytes: taken, of: bytes.length };
    },
    /** @throws HomegrownError `bad-file` */
    finish(expected: string): Model {
      if (taken < bytes.length) throw wrongLength(taken, bytes.length);
      const found = sum.toString(16).padStart(8, '0');
      if (found !== expected) throw damaged(`its checksum is ${found}, not ${expected || 'written'}`);
      const byName = new Map<string, HostTensor>();
      let at = 0;
      for (const [name, size] of tensors) {
        byName.set(name, { shape: [size], data: weights.subarray(at, (at += size)) });
      }
      const bad = firstNonFinite(byName);
      if (bad !== undefined) {
        throw badFile(
          `This model can’t run: ${bad} is not a finite number.`,
          'Its training diverged: export an earlier step.',
        );
      }
      const { kind, reader: readerOf } = forwardOf(model);
      const reader = readerOf(model, (name) => byName.get(name)!.data, kernels);
      const { context } = model.config;
      const tokenizer = tokenizerOf(stated, tokenizerHash);
      const ask = chat && prompter(chat, (text) => tokenizer.encode(text));
      return {
        ...{ kind, context, reader, tokenizer },
        ...(model.config.classes && { classes: model.config.classes }),
        next: nextScores(reader, context),
        ...(chat && { chat: { ask: (messages) => Uint32Array.from(ask!(messages)), ends: chat.ends } }),
      };
    },
  };
}

function decoded(base64: string): string {
  try {
    return atob(base64);
  } catch {
    throw damaged('a block of its weights can’t be read');
  }
}

const wrongLength = (found: number, expected: number): Error =>
  damaged(`it has ${formatCount(found)} bytes of weights, not ${formatCount(expected)}`);

function forwardOf({ id }: ModelChoice): PageForward {
  const found = PAGE_FORWARDS[id];
  if (!found) throw damaged(`it has a ${id} model, which this page can’t run`);
  return found;
}

/** Memory for the weights, and kernels for matrix products. */
function memoryFor(model: ModelChoice, floats: number): { kernels: Kernels; weights: Float32Array } {
  const page = forwardOf(model);
  const needed = floats + page.workspaceOf(model);
  try {
    const kernels = isInFours(page, model) ? simdKernels(needed) : plainKernels;
    return { kernels, weights: kernels.floats(floats) };
  } catch {
    // No WebAssembly, no SIMD, or not enough memory for it.
  }
  try {
    return { kernels: plainKernels, weights: plainKernels.floats(floats) };
  } catch {
    throw new HomegrownError(
      'out-of-memory',
      `This model needs ${formatBytes(4 * needed)} of memory, more than the browser gave.`,
      'Close other tabs and load this page again, or open it on a computer with more memory.',
    );
  }
}

type Write = Extract<ToEngine, { kind: 'write' }>;

/** Like core/sample/fill.ts. */
function fill({ tokenizer, reader, context }: Model, text: string): Filled {
  const passage = readPassage(tokenizer, text);
  const { ids, places } = passageIds(tokenizer, passage);
  checkFits('passage', ids.length, context);
  reader.read(ids, 0);
  const blanks = places.map((place, i) => candidates(tokenizer, passage, i, reader.scores(place), CANDIDATES));
  return { pieces: passage.pieces, blanks };
}
/** Number of candidates per blank. */
const CANDIDATES = 8;

/** Like core/sample/classify.ts. */
function classify(
  { tokenizer, kind, reader, context }: Model,
  { several, inWindows, labels }: Classes,
  text: string,
): Classified {
  const ids = tokenizer.encode(text);
  const [before, after] = aroundText(tokenizer, kind === 'encoder');
  if (ids.length === 0) throw badSettings('There is no text.', 'Type or paste one.');
  const windows = windowsOf(ids.length, context - before.length - after.length, inWindows === true);
  const scores = labels.map(() => 0);
  let read = 0;
  for (const [from, to] of windows) {
    const row = [...before, ...ids.subarray(from, to), ...after];
    for (const [label, score] of labelScoresOf(reader, kind, row).entries()) scores[label]! += score / windows.length;
    read += to - from;
  }
  checkLabelOverflow(scores, labels.length);
  const probabilities = [...probabilitiesOf(scores, several === true)];
  return { probabilities, tokens: ids.length, read, windows: windows.length };
}

/** Like core/sample/generate.ts, answer.ts and converse.ts: makes the same choices from the same scores. */
async function write(model: Model, asked: Write, signal: AbortSignal, page: Line<FromEngine, ToEngine>) {
  const { tokenizer } = model;
  const { settings } = asked;
  const { ids, next, ends, max = Infinity, leftOut = 0 } = begun(model, asked);
  const decoder = tokenizer.decoder();
  let isEnd = false;
  for (let i = 0; i < Math.min(settings.length, max); i++) {
    const scores = await next(ids, signal);
    if (!scores) break;
    checkOverflow(scores);
    const { id, probability, alternatives } = sampleToken(scores, settings, uniform(settings.seed, 'sample', 0, i));
    isEnd = ends.includes(id);
    if (isEnd) break;
    ids.push(id);
    const named = alternatives.map(([other, share]) => ({
      id: other,
      text: wholeCharacters(tokenizer.bytes(other)),
      probability: share,
    }));
    page.postMessage({ kind: 'wrote', token: { id, text: decoder.push(id), probability, alternatives: named } });
  }
  page.postMessage({ kind: 'done', rest: decoder.end(), isEnd, leftOut });
}

interface Begun {
  ids: number[];
  next: Model['next'];
  ends: readonly number[];
  /** Maximum number of tokens to write, if the room is limited. */
  max?: number;
  leftOut?: number;
}

function begun(model: Model, { prompt, chat, settings }: Write): Begun {
  const { kind, tokenizer, context, next } = model;
  const ends = [tokenizer.endOfText];
  if (chat && model.chat) {
    const messages = [...chat, { role: 'user', content: prompt } as const];
    const { ids, ...room } = inContext(messages, model.chat.ask, context, roomFor(settings.length, context));
    return { ids: [...ids], next, ends: model.chat.ends, ...room };
  }
  if (kind === 'decoder') return { ids: [...promptIds(tokenizer, prompt)], next, ends };
  return { ...answering(model, prompt), ends };
}

/** Starts an answer; all of its scores depend on the source text. */
function answering({ tokenizer, reader, context }: Model, text: string) {
  const source = sourceIds(tokenizer, text);
  checkFits('input', source.length, context);
  reader.source!(source);
  return { ids: [answerStart(tokenizer)], next: nextScores(reader, context) };
}
