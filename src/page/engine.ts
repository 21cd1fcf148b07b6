import { badFile, HomegrownError, toFailure } from '../core/base/errors';
import { uniform } from '../core/base/rng';
import { formatBytes, formatCount } from '../core/base/units';
import type { PageModel } from '../core/export/html';
import type { ModelChoice } from '../core/models/network';
import { choose } from '../core/sample/choose';
import { tokenizerOf } from '../core/tokenizer/byteLevel';
import { wholeCharacters } from '../core/tokenizer/statistics';
import type { Tokenizer } from '../core/tokenizer/tokenizer';
import { gpt, workspaceOf } from './gpt';
import { type Kernels, plainKernels } from './kernels';
import type { FromEngine, Line, ToEngine } from './protocol';
import { simdKernels } from './simdKernels';
import { nextScores } from './nextScores';

/** Loads the model and writes with it, in a worker or in turns of the page's own loop. */
export function serve(page: Line<FromEngine, ToEngine>): void {
  let loading: ReturnType<typeof load> | undefined;
  let writing = new AbortController();
  const failed = (error: unknown): void => page.postMessage({ kind: 'failed', failure: toFailure(error) });

  const handle = async (message: ToEngine): Promise<void> => {
    switch (message.kind) {
      case 'model':
        loading = load(message.model);
        return;
      case 'weights':
        page.postMessage({ kind: 'took', ...loading!.take(message.base64) });
        return;
      case 'write':
        writing = new AbortController();
        await write(loading!.model(), message, writing.signal, page);
        return;
      case 'stop':
        writing.abort();
    }
  };
  page.onmessage = ({ data }) => void handle(data).catch(failed);
  page.postMessage({ kind: 'listening' });
}

interface Model {
  tokenizer: Tokenizer;
  next: ReturnType<typeof nextScores>;
}

/** Takes weights until there are as many as the model has; then it is ready. */
function load({ model, tensors, tokenizer, tokenizerHash }: PageModel) {
  const floats = tensors.reduce((sum, [, size]) => sum + size, 0);
  const { kernels, weights } = memoryFor(model, floats);
  const bytes = new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength);
  let taken = 0;

  const build = (): Model => {
    const byName = new Map<string, Float32Array>();
    let at = 0;
    for (const [name, size] of tensors) byName.set(name, weights.subarray(at, (at += size)));
    const reader = gpt(model, (name) => byName.get(name)!, kernels);
    return { tokenizer: tokenizerOf(tokenizer, tokenizerHash), next: nextScores(reader, model.config.context) };
  };
  let built: Model | undefined;
  return {
    take(base64: string): { bytes: number; of: number } {
      const piece = atob(base64);
      if (taken + piece.length > bytes.length) throw damaged(taken + piece.length, bytes.length);
      for (let i = 0; i < piece.length; i++) bytes[taken + i] = piece.charCodeAt(i);
      taken += piece.length;
      if (taken === bytes.length) built = build();
      return { bytes: taken, of: bytes.length };
    },
    model(): Model {
      if (!built) throw damaged(taken, bytes.length);
      return built;
    },
  };
}

const damaged = (found: number, expected: number): Error =>
  badFile(
    `This page should hold ${formatCount(expected)} bytes of weights, and ${formatCount(found)} were found.`,
    'The file is not whole: copy or download it again.',
  );

/** Room for the weights, and what multiplies them. */
function memoryFor(model: ModelChoice, floats: number): { kernels: Kernels; weights: Float32Array } {
  const needed = floats + workspaceOf(model);
  try {
    const kernels = model.config.width % 8 === 0 ? simdKernels(needed) : plainKernels;
    return { kernels, weights: kernels.floats(floats) };
  } catch {
    // No WebAssembly here, none with four floats at once, or not so much memory for it.
  }
  try {
    return { kernels: plainKernels, weights: plainKernels.floats(floats) };
  } catch {
    throw new HomegrownError(
      'out-of-memory',
      `This model needs ${formatBytes(4 * needed)} of memory, and the browser did not give so much.`,
      'Close other tabs and load this page again, or open it on a machine with more memory.',
    );
  }
}

type Write = Extract<ToEngine, { kind: 'write' }>;

/** As core/sample/generate.ts: the same choices from the same scores. */
async function write(
  { tokenizer, next }: Model,
  { prompt, settings }: Write,
  signal: AbortSignal,
  page: Line<FromEngine, ToEngine>,
): Promise<void> {
  const { endOfText } = tokenizer;
  const ids = prompt === '' ? [endOfText] : [...tokenizer.encode(prompt)];
  const decoder = tokenizer.decoder();
  let isEnd = false;
  for (let i = 0; i < settings.length; i++) {
    const scores = await next(ids, signal);
    if (!scores) break;
    const { id, probability, alternatives } = choose(scores, settings, uniform(settings.seed, 'sample', 0, i));
    isEnd = id === endOfText;
    if (isEnd) break;
    ids.push(id);
    const named = alternatives.map(([other, share]) => ({
      id: other,
      text: wholeCharacters(tokenizer.bytes(other)),
      probability: share,
    }));
    page.postMessage({ kind: 'wrote', token: { id, text: decoder.push(id), probability, alternatives: named } });
  }
  page.postMessage({ kind: 'done', rest: decoder.end(), isEnd });
}
