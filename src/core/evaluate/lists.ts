/** Scores lists instead of a text: pairs of sentences and custom tasks. */
import { evaluatedAs } from '../objectives';
import type { Evaluation } from './evaluation';
import type { SentencePair } from './minimalPairs';
import type { Part, Read } from './readings/reading';
import { preferences } from './sentencePairs';
import { taskScores } from './taskScores';

/** One part for each list, so that they fail separately. */
export function listsOf({ network, tokenizer, asked, pause, report }: Read): readonly Part[] {
  const { minimalPairs, swaps, tasks = [], objective } = asked;
  const as = evaluatedAs(objective, network.choice);
  const pairs = (
    name: 'minimalPairs' | 'swaps',
    label: string,
    list: readonly SentencePair[] | undefined,
    resultOf: (found: Awaited<ReturnType<typeof preferences>>) => Partial<Evaluation>,
  ): readonly Part[] =>
    list
      ? [
          {
            names: [name],
            async read() {
              if (as === 'answers') return { leftOut: [{ name, reason: NO_SENTENCES }] };
              const progress = (done: number, of: number): void => report({ label, done, of, unit: 'pairs' });
              return resultOf(await preferences(network, tokenizer, list, { objective, pause, onProgress: progress }));
            },
          },
        ]
      : [];
  return [
    ...pairs('minimalPairs', 'Minimal pairs', minimalPairs, (found) => ({ minimalPairs: found })),
    ...pairs('swaps', 'Identity swaps', swaps, ({ kinds }) => ({ swaps: { kinds } })),
    ...tasks.map((task) => ({
      names: [task.name],
      async read() {
        const onProgress = (done: number, of: number): void => report({ label: task.name, done, of, unit: 'rows' });
        return { tasks: [await taskScores(network, tokenizer, task, { objective, pause, onProgress })] };
      },
    })),
  ];
}
const NO_SENTENCES = 'The model answers an input, so it can’t compute the likelihood of a sentence.';
