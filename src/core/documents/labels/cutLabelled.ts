/** Which parts examples of labels are in: of each label its share, and texts that are nearly equal in one part. */
import { type Cut, type Outline, unitsOf } from '../cut';
import { PART_NAMES, type PartName, type SplitChoice } from '../split';

/** Texts that are nearly equal: how many of them are examples of each of their labels. */
type Group = ReadonlyMap<number, number>;

/**
 * Whole documents, as many of each label as the shares say, chosen by the seed and what is in them, whatever their order. A label of
 * which two texts are unlike is learnt and held out; with a test share one of three is in each part. Where texts have several labels
 * the rarest is shared out first (Sechidis et al. 2011, "On the Stratification of Multi-label Data"). Those without a label are in no part.
 * @param labels of each document, places of its labels
 * @param groupOf of each document, the number of what it is nearly equal to
 */
export function cutLabelled(
  outline: Outline,
  labels: readonly (readonly number[])[],
  groupOf: ArrayLike<number>,
  choice: SplitChoice,
): Cut {
  const groups = new Map<number, Map<number, number>>();
  for (const place of unitsOf(outline, choice.seed).order) {
    const own = labels[place]!;
    if (own.length === 0) continue;
    const group = groups.get(groupOf[place]!) ?? new Map<number, number>();
    groups.set(groupOf[place]!, group);
    for (const label of own) group.set(label, (group.get(label) ?? 0) + 1);
  }
  const parts = partsOf(groups, choice);
  return {
    rule: 'labels',
    within(part, place) {
      const isIn = labels[place]!.length > 0 && parts.get(groupOf[place]!) === part;
      return [0, isIn ? outline.bytes[place]! : 0];
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
