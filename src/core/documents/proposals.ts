/** The encodings that a file which was refused may be in. */
import { badFile } from '../base/errors';
import { type Proposal, proposalsOf, tellingLines } from './encodings';
import { archiveCalled } from './formats';
import type { TextSource } from './readFile';
import { filesIn } from './unpack';

/**
 * Proposals for each name, in one pass over an archive.
 * @param names the file's own, or those by which files were refused in the archive that `source` is
 * @throws HomegrownError `bad-file` where one is not there any more
 */
export async function proposalsFor(
  source: TextSource,
  names: readonly string[],
): Promise<readonly (readonly Proposal[])[]> {
  const format = archiveCalled(source.name);
  if (!format) {
    const all = await proposalsOf(await tellingLines(source.stream()));
    return names.map(() => all);
  }
  const { places } = source;
  const archive = { name: source.name, bytes: source.stream(), note: () => undefined, ...(places && { places }) };
  const wanted = new Set(names);
  const found = new Map<string, readonly Proposal[]>();
  for await (const file of filesIn(archive, format)) {
    if (wanted.has(file.name)) found.set(file.name, await proposalsOf(await tellingLines(file.bytes)));
    if (found.size === wanted.size) break;
  }
  return names.map((name) => {
    const all = found.get(name);
    if (!all) throw badFile(`${name} is no longer in ${source.name}.`, 'Choose the file again.');
    return all;
  });
}
