import type { BlobStore } from '../base/blobStore';
import { changeTrainingPart } from './changeTrainingPart';
import type { TextRecord } from './record';

/**
 * Excludes documents of a text from training, or restores them, in every project that has it; their content stays.
 * @throws HomegrownError `bad-settings` if nothing would remain; `storage-damaged`
 */
export const leaveOut = (
  store: BlobStore,
  id: string,
  places: readonly number[],
  isOut: boolean,
): Promise<TextRecord> =>
  changeTrainingPart(store, id, ({ places: before, cleaned }) => ({
    cleaned,
    places: isOut
      ? [...new Set([...before, ...places])].sort((a, b) => a - b)
      : before.filter((place) => !places.includes(place)),
  }));
