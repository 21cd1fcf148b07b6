import type { Job, Pause } from '../core/base/job';
import { generate } from '../core/sample/generate';
import { wholeCharacters } from '../core/tokenizer/statistics';
import type { GeneratedToken, GpuApi } from '../protocol/gpu';
import { throttled } from './throttled';
import type { LoadedModel } from './models';

type Generate = GpuApi['generate'];

/** Text that a model writes, told as it comes. A stop is a result. */
export async function writeText(
  { network, tokenizer }: LoadedModel,
  { prompt, temperature, topK, topP, seed, length }: Generate['input'],
  { signal, report }: Job<Generate['progress']>,
  pause: Pause,
): Promise<Generate['output']> {
  const began = performance.now();
  const ids = prompt === '' ? [tokenizer.endOfText] : tokenizer.encode(prompt);
  const decoder = tokenizer.decoder();
  const tell = throttled<GeneratedToken>(TELL_EVERY, report);
  const settings = { temperature, topK, topP, seed, length };
  let reason: Generate['output']['reason'] = 'length';
  for await (const { id, probability, alternatives } of generate(network, ids, settings, { signal }, pause)) {
    if (id === tokenizer.endOfText) {
      reason = 'end';
      break;
    }
    tell.push({
      id,
      text: decoder.push(id),
      probability,
      alternatives: alternatives.map(([other, p]) => ({
        id: other,
        text: wholeCharacters(tokenizer.bytes(other)),
        probability: p,
      })),
    });
  }
  tell.flush();
  return { reason: signal.aborted ? 'stopped' : reason, ms: performance.now() - began };
}

/** Milliseconds. */
const TELL_EVERY = 50;
