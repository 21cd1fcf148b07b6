/** What is measured by lists and not on a text: pairs of sentences, and tasks of one's own. */
import { modelSpec } from '../models';
import type { Evaluation } from './evaluation';
import type { Read, ToEvaluate } from './readings/reading';
import { preferences } from './sentencePairs';
import { taskScores } from './taskScores';

/** @throws HomegrownError `bad-settings` where what is listed does not fit the context */
export async function listScores({
  network,
  tokenizer,
  asked: { minimalPairs, swaps, tasks, ofPairs = false },
  pause,
  report,
}: Omit<Read, 'isAsked' | 'asked'> & { asked: ToEvaluate }): Promise<Partial<Evaluation>> {
  const found: Partial<Evaluation> = {};
  const { kind } = modelSpec(network.choice.id);
  if (kind === 'encoder-decoder')
    found.leftOut = [...(minimalPairs ? ['minimalPairs'] : []), ...(swaps ? ['swaps'] : [])].map((name) => ({
      name,
      reason: 'The model answers a text: a sentence alone has no likelihood by it.',
    }));
  else {
    const told = (label: string) => (done: number, of: number) => report({ label, done, of, unit: 'pairs' });
    if (minimalPairs)
      found.minimalPairs = await preferences(network, tokenizer, minimalPairs, pause, told('Minimal pairs'));
    if (swaps) {
      const { kinds } = await preferences(network, tokenizer, swaps, pause, told('Identity swaps'));
      found.swaps = { kinds };
    }
  }
  for (const task of tasks ?? []) {
    const told = (done: number, of: number) => report({ label: task.name, done, of, unit: 'rows' });
    found.tasks = [...(found.tasks ?? []), await taskScores(network, tokenizer, task, { ofPairs, pause, told })];
  }
  return found;
}
