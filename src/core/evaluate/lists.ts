/** Scores lists instead of a text: pairs of sentences and custom tasks. */
import { evaluatedAs } from '../objectives';
import type { Evaluation } from './evaluation';
import type { SentencePair } from './minimalPairs';
import type { Part, ReadingContext } from './readings/reading';
import { preferences } from './sentencePairs';
import { taskScores } from './taskScores';

/** One part for each list, so that they fail separately. */
export function listsOf({ network, tokenizer, request, pause, report }: ReadingContext): readonly Part[] {
  const { minimalPairs, swaps, tasks = [], objective } = request;
  const evaluation = evaluatedAs(objective, network.choice);
  const pairParts = (
    name: 'minimalPairs' | 'swaps',
    label: string,
    list: readonly SentencePair[] | undefined,
    toEvaluation: (result: Awaited<ReturnType<typeof preferences>>) => Partial<Evaluation>,
  ): readonly Part[] =>
    list
      ? [
          {
            names: [name],
            async read() {
              if (evaluation === 'answers') return { leftOut: [{ name, reason: NO_SENTENCES }] };
              const progress = (done: number, total: number): void => report({ label, done, of: total, unit: 'pairs' });
              return toEvaluation(
                await preferences(network, tokenizer, list, { objective, pause, onProgress: progress }),
              );
            },
          },
        ]
      : [];
  return [
    ...pairParts('minimalPairs', 'Minimal pairs', minimalPairs, (result) => ({ minimalPairs: result })),
    ...pairParts('swaps', 'Identity swaps', swaps, ({ kinds }) => ({ swaps: { kinds } })),
    ...tasks.map((task) => ({
      names: [task.name],
      async read() {
        const onProgress = (done: number, total: number): void =>
          report({ label: task.name, done, of: total, unit: 'rows' });
        return { tasks: [await taskScores(network, tokenizer, task, { objective, pause, onProgress })] };
      },
    })),
  ];
}
const NO_SENTENCES = 'The model answers an input, so it can’t compute the likelihood of a sentence.';
