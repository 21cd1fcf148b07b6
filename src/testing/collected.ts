import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Number of unreachable objects after a garbage collection. */
export async function collected(references: readonly WeakRef<object>[]): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve)); // a WeakRef keeps its target until the end of the turn
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return references.filter((ref) => ref.deref() === undefined).length;
}
