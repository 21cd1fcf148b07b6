import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How many of these nothing reaches any more. */
export async function collected(all: readonly WeakRef<object>[]): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve)); // a WeakRef keeps what it refers to until the end of the turn
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return all.filter((ref) => ref.deref() === undefined).length;
}
