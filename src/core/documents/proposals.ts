/** The encodings that a file which was refused may be in. */
import { badFile } from '../base/errors';
import { type Proposal, proposalsOf, tellingLines } from './encodings';
import { archiveCalled } from './read';
import type { TextSource } from './readFile';
import { filesIn } from './unpack';

/**
 * @param name the file's own, or that by which it was refused in the archive that `source` is
 * @throws HomegrownError `bad-file` where it is not there any more
 */
export async function proposalsFor(source: TextSource, name: string): Promise<readonly Proposal[]> {
  const format = archiveCalled(source.name);
  if (!format) return proposalsOf(await tellingLines(source.stream()));
  const { places } = source;
  const archive = { name: source.name, bytes: source.stream(), note: () => undefined, ...(places && { places }) };
  for await (const file of filesIn(archive, format))
    if (file.name === name) return proposalsOf(await tellingLines(file.bytes));
  throw badFile(`${name} is not in ${source.name} any more.`, 'Choose it again.');
}
