/**
 * Part of a text that fits the context: all of it at first, then without another half context each time it would overflow.
 * Positions are absolute, so a cache cannot slide; this way it is refilled only once per half context of tokens.
 */
export function contextWindow(ids: readonly number[], context: number): readonly number[] {
  const half = Math.max(1, Math.floor(context / 2));
  const jumps = Math.max(0, Math.ceil((ids.length - context) / half));
  return ids.slice(jumps * half);
}
