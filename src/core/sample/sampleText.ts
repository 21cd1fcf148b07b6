import { yieldToEventLoop, type Pause, unwatched } from '../base/job';
import type { Network } from '../models/network';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { generate } from './generate';

/** The same prompt continued with the same random numbers, so that samples of different steps can be compared. */
export async function sampleText(
  network: Network,
  tokenizer: Tokenizer,
  prompt: string,
  pause: Pause = yieldToEventLoop,
): Promise<string> {
  const ids = prompt === '' ? [tokenizer.endOfText] : tokenizer.encode(prompt);
  const sampled: number[] = [];
  for await (const { id } of generate(network, ids, SETTINGS, unwatched, pause)) sampled.push(id);
  return prompt + tokenizer.decode(sampled);
}
const SETTINGS = { temperature: 0.8, topK: 0, topP: 1, seed: 0, length: 80 };
