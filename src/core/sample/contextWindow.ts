/**
 * What a model sees of a text: all of it while it fits the context, then from half a context further on each time it would
 * not. Positions are absolute, so a cache cannot slide; this way it is filled anew once in half a context of tokens.
 */
export function contextWindow(ids: readonly number[], context: number): readonly number[] {
  const half = Math.max(1, Math.floor(context / 2));
  const jumps = Math.max(0, Math.ceil((ids.length - context) / half));
  return ids.slice(jumps * half);
}
