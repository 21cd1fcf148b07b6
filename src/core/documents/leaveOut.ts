import type { BlobStore } from '../base/blobStore';
import { changeLearnt } from './learnt';
import type { TextRecord } from './record';

/**
 * Leaves documents of a text out of what is learnt, or puts them back: their content stays. Of every project that has it.
 * @throws HomegrownError `bad-settings` where nothing would remain; `storage-damaged`
 */
export const leaveOut = (
  store: BlobStore,
  id: string,
  places: readonly number[],
  isOut: boolean,
): Promise<TextRecord> =>
  changeLearnt(store, id, ({ places: before, cleaned }) => ({
    cleaned,
    places: isOut
      ? [...new Set([...before, ...places])].sort((a, b) => a - b)
      : before.filter((at) => !places.includes(at)),
  }));
