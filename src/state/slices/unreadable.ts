/** Records that can’t be read. */
import type { DamagedStep, UnreadableRecord } from '../../protocol/data';
import type { Work } from '../work';

export interface UnreadableSlice {
  unreadable: readonly UnreadableRecord[];
  /** Export of a raw record in progress. */
  takingRaw: Work;
  listUnreadable(): Promise<void>;
  takeRaw(key: string): Promise<void>;
  /** Reports unreadable newer checkpoints once, with the one used instead: `resumedFrom`, or the newest. */
  tellDamaged(runId: string, damaged: readonly DamagedStep[], resumedFrom?: number): void;
  /** Checks checkpoints after they were opened, as an unreadable one is set aside. `resumedFrom`: step of a resume. */
  lookAgain(runId: string, resumedFrom?: number): Promise<void>;
}
