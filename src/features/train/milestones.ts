/** Four of a list that show its way best, newest first: the last, two earlier ones where most changed, and the first. */
export function milestones<T>(all: readonly T[]): readonly T[] {
  const last = all.length - 1;
  const at = new Set([last, Math.round(0.4 * last), Math.round(0.08 * last), 0]);
  return [...at].filter((i) => i in all).map((i) => all[i]!);
}
