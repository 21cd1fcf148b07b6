/** Which label a text is given without a model. */
import { naiveBayes } from './naiveBayes';

export interface LabelledText {
  text: string;
  label: string;
}

/** Always the commonest label; of like ones the first in the order of their characters. */
function majority(learnt: readonly LabelledText[]): (text: string) => string {
  const counts = new Map<string, number>();
  for (const { label } of learnt) counts.set(label, (counts.get(label) ?? 0) + 1);
  const [commonest] = [...counts].sort(([a, some], [b, others]) => others - some || (a < b ? -1 : 1))[0]!;
  return () => commonest;
}

/** By the names of BASELINES: each learns from texts, one at least, and then gives a label to any. */
export const LABEL_BASELINES = { majority, naiveBayes } as const satisfies Record<
  string,
  (learnt: readonly LabelledText[]) => (text: string) => string
>;
