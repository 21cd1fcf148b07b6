/** Records that can’t be read. */
import type { DamagedStep, UnreadableRecord } from '../../protocol/data';
import type { Work } from '../work';

export interface UnreadableSlice {
  unreadable: readonly UnreadableRecord[];
  /** The zip of one that is being written. */
  takingRaw: Work;
  listUnreadable(): Promise<void>;
  takeRaw(key: string): Promise<void>;
  /** Says once which newer steps cannot be opened and which one is used instead: `resumedFrom`, or the newest; `saved` follows. */
  tellDamaged(runId: string, damaged: readonly DamagedStep[], resumedFrom?: number): void;
  /** After saved steps were opened: one that could not be was set aside. `resumedFrom` is the step that training continued from. */
  lookAgain(runId: string, resumedFrom?: number): Promise<void>;
}
