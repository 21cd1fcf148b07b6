/** Caches a value per part and context for the lifetime of the part. */
import type { TokenSource } from '../shards/manifest';

/** Caches `open`; a failed call is repeated the next time. */
export function byContext<T>(open: (source: TokenSource, context: number) => Promise<T>): typeof open {
  const known = new WeakMap<TokenSource, Map<number, Promise<T>>>();
  return (source, context) => {
    const own = known.get(source) ?? new Map<number, Promise<T>>();
    known.set(source, own);
    const there = own.get(context) ?? open(source, context);
    own.set(context, there);
    there.catch(() => own.delete(context));
    return there;
  };
}
