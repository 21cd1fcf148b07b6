/** Files that are called as those of other formats are: known by how they begin. Loaded when there is one that may be. */
import * as chats from './formats/chats/sniffers';
import type { DocumentFormatId } from './formats';
import type { Sniffer } from './formats/format';
import { mediawiki } from './formats/mediawiki/sniffer';

/** Of each format that is called as others are. */
const KNOWN: Readonly<Record<string, Sniffer>> = {
  ...chats,
  mediawiki,
};

/** Those that other files belong to. */
export const EXPORT_GROUPS = Object.values(KNOWN).flatMap((known) =>
  known.companions ? [{ ...known, companions: known.companions }] : [],
);

/**
 * What a file is that is called as others are.
 * @param ids what it may be by its name @param head its first `MARKUP_HEAD` characters or more, or all there are
 * @param isAlone whether nothing was found that belongs to it
 */
export const sniffFormat = (
  ids: readonly DocumentFormatId[],
  name: string,
  head: string,
  isAlone = true,
): DocumentFormatId | undefined =>
  ids.find((id) => {
    const { begins, isNeverAlone } = KNOWN[id]!;
    return !(isAlone && isNeverAlone) && begins(head, name);
  });
