import type { Message } from '../conversation';
import type { Row, Shape } from './shape';

/**
 * An instruction, what it is about, and the answer; `system` and `history`, pairs that came before, as LLaMA-Factory has them
 * (https://llamafactory.readthedocs.io/en/latest/getting_started/data_preparation.html), from which the line break is too.
 */
export const alpaca: Shape = {
  label: 'Alpaca',
  source: 'https://github.com/tatsu-lab/stanford_alpaca#data-release',
  recognises: (row) => 'instruction' in row && 'output' in row,
  conversation(row) {
    for (const key of ['instruction', 'input', 'output', 'system'] as const)
      if (typeof (row[key] ?? '') !== 'string') return `has no text as its ${key}`;
    const { instruction, input, output, system } = row as Readonly<Record<string, string | null | undefined>>;
    const before = pairsIn(row['history']);
    if (before === null) return "has a history that isn't pairs of texts";
    const messages: Message[] = system ? [{ role: 'system', content: system }] : [];
    for (const [question, answer] of [
      ...before,
      [[instruction, input].filter(Boolean).join('\n'), output ?? ''],
    ] as const)
      messages.push({ role: 'user', content: question }, { role: 'assistant', content: answer });
    return { messages };
  },
};

/** None where there is no history; null where it is another thing. */
function pairsIn(history: Row[string]): readonly (readonly [string, string])[] | null {
  const pairs: unknown = history ?? [];
  const isPair = (one: unknown): one is [string, string] =>
    Array.isArray(one) && one.length === 2 && one.every((text) => typeof text === 'string');
  return Array.isArray(pairs) && pairs.every(isPair) ? pairs : null;
}
