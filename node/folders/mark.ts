/** A mark of the newest write to a path: every write makes a new file, or a new list of a folder. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LIST } from './listed';

/** Empty if nothing is there, or for a folder without a list. */
export async function markOf(path: string): Promise<string> {
  const statOrNull = (at: string) => stat(at, { bigint: true }).catch(() => null);
  const stats = await statOrNull(path);
  const fileStats = stats?.isDirectory() ? await statOrNull(join(path, LIST)) : stats;
  return fileStats ? `${fileStats.ino} ${fileStats.mtimeNs} ${fileStats.size}` : '';
}
