/** What is reached on texts with labels without reading them: by how common each label is. */
import { labelsIn, NO_LABELS } from '../base/labels';
import type { PartSource } from '../shards/manifest';
import { type BaselineFacts, countOf } from './facts';

type Counts = Readonly<Record<string, number>>;

/** @param several whether a document has any number of them */
export async function measureLabels(
  train: PartSource,
  validation: PartSource,
  several: boolean,
): Promise<Pick<BaselineFacts, 'labels'>> {
  const [learnt, held] = [await countsIn(train, several), await countsIn(validation, several)];
  return Object.keys(learnt).length === 0 ? {} : { labels: { train: learnt, validation: held } };
}

/** Texts with each label; one with several counts for each of them, and one with none for that. */
async function countsIn(part: PartSource, several: boolean): Promise<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { label, tokens } of (await part.documents()) ?? [])
    if (label !== null && tokens > 0)
      for (const one of several ? severalIn(label) : [label]) counts.set(one, (counts.get(one) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function severalIn(label: string): readonly string[] {
  const labels = labelsIn(label);
  return labels.length > 0 ? labels : [NO_LABELS];
}

/** Nats a text of always guessing labels by how common they are: one that was not learnt from as once. */
export function priorLoss(learnt: Counts, held: Counts): number {
  const sum = (counts: Counts): number => Object.values(counts).reduce((a, b) => a + b, 0);
  const all = sum(learnt);
  const nats = Object.entries(held).map(([label, count]) => -count * Math.log((countOf(learnt, label) || 1) / all));
  return nats.reduce((a, b) => a + b, 0) / sum(held);
}
