/** Moving records of older builds to today’s form. */
import type { Work } from '../work';

export interface MigrationSlice {
  /** Busy only if there are records to migrate. */
  migrating: Work;
  migrate(): Promise<void>;
}
