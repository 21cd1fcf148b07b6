/** Which write a place holds: every write makes another file there, of a folder another list. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LIST } from './listed';

/** Empty where nothing is, and for a folder without a list. */
export async function markOf(path: string): Promise<string> {
  const look = (at: string) => stat(at, { bigint: true }).catch(() => null);
  const there = await look(path);
  const found = there?.isDirectory() ? await look(join(path, LIST)) : there;
  return found ? `${found.ino} ${found.mtimeNs} ${found.size}` : '';
}
