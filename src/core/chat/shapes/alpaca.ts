import type { Message } from '../conversation';
import type { Row, Shape } from './shape';

/**
 * Rows with an instruction, an optional input, and the output. `system`, `history` (earlier pairs) and the line break
 * follow LLaMA-Factory (https://llamafactory.readthedocs.io/en/latest/getting_started/data_preparation.html).
 */
export const alpaca: Shape = {
  label: 'Alpaca',
  source: 'https://github.com/tatsu-lab/stanford_alpaca#data-release',
  recognizes: (row) => 'instruction' in row && 'output' in row,
  conversation(row) {
    for (const key of ['instruction', 'input', 'output', 'system'] as const)
      if (typeof (row[key] ?? '') !== 'string') return `has no text as its ${key}`;
    const { instruction, input, output, system } = row as Readonly<Record<string, string | null | undefined>>;
    const history = historyPairs(row['history']);
    if (history === null) return "has a history that isn't pairs of texts";
    const messages: Message[] = system ? [{ role: 'system', content: system }] : [];
    for (const [question, answer] of [
      ...history,
      [[instruction, input].filter(Boolean).join('\n'), output ?? ''],
    ] as const)
      messages.push({ role: 'user', content: question }, { role: 'assistant', content: answer });
    return { messages };
  },
};

/** Pairs in the history; none if absent, null if invalid. */
function historyPairs(history: Row[string]): readonly (readonly [string, string])[] | null {
  const pairs: unknown = history ?? [];
  const isPair = (value: unknown): value is [string, string] =>
    Array.isArray(value) && value.length === 2 && value.every((text) => typeof text === 'string');
  return Array.isArray(pairs) && pairs.every(isPair) ? pairs : null;
}
