/** Proposes encodings for refused files. */
import { badFile } from '../base/errors';
import { type Proposal, proposalsOf, nonAsciiSample } from './encodings';
import { archiveCalled } from './formats';
import type { TextSource } from './readFile';
import { filesIn } from './unpack';

/**
 * Returns the proposals for each name, in one pass over an archive.
 * @param names name of `source`, or names of refused files in it if it is an archive
 * @throws HomegrownError `bad-file` if a file is no longer in the archive
 */
export async function proposalsFor(
  source: TextSource,
  names: readonly string[],
): Promise<readonly (readonly Proposal[])[]> {
  const format = archiveCalled(source.name);
  if (!format) {
    const proposals = await proposalsOf(await nonAsciiSample(source.stream()));
    return names.map(() => proposals);
  }
  const { places } = source;
  const archive = { name: source.name, bytes: source.stream(), note: () => undefined, ...(places && { places }) };
  const requested = new Set(names);
  const proposalsByName = new Map<string, readonly Proposal[]>();
  for await (const file of filesIn(archive, format)) {
    if (requested.has(file.name)) proposalsByName.set(file.name, await proposalsOf(await nonAsciiSample(file.bytes)));
    if (proposalsByName.size === requested.size) break;
  }
  return names.map((name) => {
    const proposals = proposalsByName.get(name);
    if (!proposals) throw badFile(`${name} is no longer in ${source.name}.`, 'Choose the file again.');
    return proposals;
  });
}
