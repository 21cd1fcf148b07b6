/** Recognizes formats that share file names by how files begin. Loaded on demand. */
import * as chats from './formats/chats/sniffers';
import type { DocumentFormatId } from './formats';
import type { Sniffer } from './formats/format';
import { mediawiki } from './formats/mediawiki/sniffer';

/** Sniffer of each format that shares file names with others. */
const SNIFFERS: Readonly<Record<string, Sniffer>> = {
  ...chats,
  mediawiki,
};

/** Sniffers of formats with companion files. */
export const EXPORT_GROUPS = Object.values(SNIFFERS).flatMap((sniffer) =>
  sniffer.companions ? [{ ...sniffer, companions: sniffer.companions }] : [],
);

/**
 * Returns the format of a file whose name several formats share.
 * @param ids candidates by name @param head first `MARKUP_HEAD` characters or more, or all there are
 * @param isAlone whether the file has no companion files
 */
export const sniffFormat = (
  ids: readonly DocumentFormatId[],
  name: string,
  head: string,
  isAlone = true,
): DocumentFormatId | undefined =>
  ids.find((id) => {
    const { begins, isNeverAlone } = SNIFFERS[id]!;
    return !(isAlone && isNeverAlone) && begins(head, name);
  });
