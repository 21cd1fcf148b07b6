/** Moving records of older builds to today’s form. */
import type { Work } from '../work';

export interface MigrationSlice {
  /** Busy only while there is something to bring. */
  migrating: Work;
  migrate(): Promise<void>;
}
