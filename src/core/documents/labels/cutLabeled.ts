/** Splits labeled texts: each part gets its share of each label, and near-duplicates stay together. */
import { type Cut, type Outline, unitsOf } from '../cut';
import { PART_NAMES, type PartName, type SplitChoice } from '../split';

/** Group of near-duplicates: number of texts by label. */
type Group = ReadonlyMap<number, number>;

/** Facts about each text that the split needs, by index. */
interface Labeled {
  /** Indices of its labels. A text without labels is in no part. */
  labels: readonly (readonly number[])[];
  /** ID of its group of near-duplicates. */
  groupOf: ArrayLike<number>;
  /** Whether the text is never held out. */
  trainOnly: readonly boolean[];
}

/**
 * Splits whole documents by seed and content, whatever their order. A label with two dissimilar texts is both trained
 * and validated; with a test share, a label with three is in each part. Allocates the rarest label first (Sechidis et
 * al. 2011, "On the Stratification of Multi-label Data"). Near-duplicates of a train-only text are train-only too. The
 * other texts are held out as if these didn't exist, so that accuracies before and after a correction are comparable.
 */
export function cutLabeled(outline: Outline, { labels, groupOf, trainOnly }: Labeled, choice: SplitChoice): Cut {
  const trained = new Set<number>();
  for (const [place, isTrained] of trainOnly.entries()) if (isTrained) trained.add(groupOf[place]!);
  const groups = new Map<number, Map<number, number>>();
  for (const place of unitsOf(outline, choice.seed).order) {
    const own = labels[place]!;
    if (own.length === 0 || trained.has(groupOf[place]!)) continue;
    const group = groups.get(groupOf[place]!) ?? new Map<number, number>();
    groups.set(groupOf[place]!, group);
    for (const label of own) group.set(label, (group.get(label) ?? 0) + 1);
  }
  const parts = partsOf(groups, choice);
  return {
    rule: 'labels',
    within(part, place) {
      const group = groupOf[place]!;
      const own = trained.has(group) ? 'train' : parts.get(group);
      return [0, labels[place]!.length > 0 && own === part ? outline.bytes[place]! : 0];
    },
  };
}

/** @param groups in order of allocation */
function partsOf(groups: ReadonlyMap<number, Group>, choice: SplitChoice): ReadonlyMap<number, PartName> {
  const parts = new Map<number, PartName>();
  const byLabel = new Map<number, number[]>();
  for (const [id, group] of groups)
    for (const label of group.keys()) {
      const ids = byLabel.get(label);
      if (ids) ids.push(id);
      else byLabel.set(label, [id]);
    }
  const textsOf = (label: number, ids: readonly number[]): number =>
    ids.reduce((sum, id) => sum + groups.get(id)!.get(label)!, 0);
  const inPart = (label: number, part: PartName): readonly number[] =>
    byLabel.get(label)!.filter((id) => parts.get(id) === part);
  const counts = new Map([...byLabel].map(([label, ids]) => [label, textsOf(label, ids)]));
  const rarest = [...byLabel.keys()].sort((a, b) => counts.get(a)! - counts.get(b)! || a - b);
  for (const label of rarest) {
    const ids = byLabel.get(label)!;
    const wanted = wantedOf(counts.get(label)!, ids.length, choice);
    const has = {
      test: textsOf(label, inPart(label, 'test')),
      validation: textsOf(label, inPart(label, 'validation')),
    };
    for (const id of ids) {
      if (parts.has(id)) continue;
      const texts = groups.get(id)!.get(label)!;
      // Add the text if that brings the part closer to its share.
      const part = HELD.find((name) => texts < 2 * (wanted[name] - has[name])) ?? 'train';
      parts.set(id, part);
      if (part !== 'train') has[part] += texts;
    }
  }
  /** Whether each of the group's labels keeps another group in the part. */
  const isFree = (id: number, part: PartName): boolean =>
    [...groups.get(id)!.keys()].every((label) => inPart(label, part).length > 1);
  const fill = (label: number, part: PartName, from: readonly PartName[]): void => {
    if (inPart(label, part).length > 0) return;
    const free = from.flatMap((name) => inPart(label, name).filter((id) => isFree(id, name)));
    const sizes = free.map((id) => textsOf(label, [id]));
    const smallest = free[sizes.indexOf(Math.min(...sizes))];
    if (smallest !== undefined) parts.set(smallest, part);
  };
  for (const label of rarest) {
    const { length } = byLabel.get(label)!;
    if (length > 1) fill(label, 'train', HELD);
    if (length > 1) fill(label, 'validation', ['train', 'test']);
    if (length > 2 && choice.test > 0) fill(label, 'test', ['train', 'validation']);
  }
  return parts;
}
const HELD = PART_NAMES.filter((name) => name !== 'train').reverse();

/** Number of a label's texts to hold out: at least one if it has enough dissimilar texts. */
const wantedOf = (
  texts: number,
  groups: number,
  { validation, test }: SplitChoice,
): Record<'validation' | 'test', number> => ({
  test: test > 0 ? Math.max(texts * test, groups > 2 ? 1 : 0) : 0,
  validation: Math.max(texts * validation, groups > 1 ? 1 : 0),
});
