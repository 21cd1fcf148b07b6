/** Splits labeled texts: each part gets its share of each label, and nearly equal texts stay together. */
import { type Cut, type Outline, unitsOf } from '../cut';
import { PART_NAMES, type PartName, type SplitChoice } from '../split';

/** Nearly equal texts: how many of them have each label. */
type Group = ReadonlyMap<number, number>;

/** What the split needs to know of each text, by its place. */
interface Labeled {
  /** Numbers of its labels; a text with none is in no part. */
  labels: readonly (readonly number[])[];
  /** Number of the group of nearly equal texts that it belongs to. */
  groupOf: ArrayLike<number>;
  /** Whether it is never held out. */
  trainOnly: readonly boolean[];
}

/**
 * Splits whole documents by the seed and their content, whatever their order. A label with two unlike texts is trained and held out;
 * with a test share, one of three is in each part. Of texts with several labels the rarest label is shared out first (Sechidis et al.
 * 2011, "On the Stratification of Multi-label Data"). A text that is only trained takes nearly equal texts with it. If none is, the same
 * texts are held out as without it, so that the accuracies before and after a correction can be compared.
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

/** @param groups in the order in which they are chosen */
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
      // It is taken where that brings the part nearer to its share.
      const part = HELD.find((name) => texts < 2 * (wanted[name] - has[name])) ?? 'train';
      parts.set(id, part);
      if (part !== 'train') has[part] += texts;
    }
  }
  /** Another one of each of its labels stays where it is. */
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

/** Texts of a label that are to be held out: one at least, where there are so many that are unlike. */
const wantedOf = (
  texts: number,
  groups: number,
  { validation, test }: SplitChoice,
): Record<'validation' | 'test', number> => ({
  test: test > 0 ? Math.max(texts * test, groups > 2 ? 1 : 0) : 0,
  validation: Math.max(texts * validation, groups > 1 ? 1 : 0),
});
