import { yieldToEventLoop, type Pause, unwatched } from '../base/job';
import type { Network } from '../models/network';
import { promptIds } from '../tokenizer/prompt';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { generate } from './generate';
import { TRAINING_SAMPLE } from './trainingSample';

/** Continues a prompt with the same random numbers each time, so that samples of different steps compare. */
export async function sampleText(
  network: Network,
  tokenizer: Tokenizer,
  prompt: string,
  pause: Pause = yieldToEventLoop,
): Promise<string> {
  const ids = promptIds(tokenizer, prompt);
  const sampled: number[] = [];
  for await (const { id } of generate(network, ids, TRAINING_SAMPLE, unwatched, pause)) sampled.push(id);
  const decoder = tokenizer.decoder();
  return prompt + sampled.map((id) => decoder.push(id)).join('') + decoder.end();
}
