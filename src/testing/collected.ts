import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Number of unreachable objects after at most MAX_TURNS garbage collections. */
export async function collected(references: readonly WeakRef<object>[]): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const isCollected = (ref: WeakRef<object>): boolean => ref.deref() === undefined;
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    // A WeakRef keeps its target until the end of the turn, and so may a callback that is due.
    await new Promise((resolve) => setTimeout(resolve));
    collect();
    if (references.every(isCollected)) break;
  }
  return references.filter(isCollected).length;
}
const MAX_TURNS = 10;
