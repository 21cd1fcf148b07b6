/** Migrates records of older builds in the background. All data can be used meanwhile. */
import { HomegrownError } from '../core/base/errors';
import { explain } from './failures';
import { IDLE, work } from './work';
import type { MigrationSlice } from './slices/migration';
import type { Slice, Studio } from './slices/studio';

/** If another tab already migrates, there is nothing to do here. Throws any other error. */
function ignoreInUse(error: unknown): { texts: number } {
  if (error instanceof HomegrownError && error.code === 'in-use') return { texts: 0 };
  throw error;
}

export const createMigrationSlice: Slice<MigrationSlice, Pick<Studio, 'loadTexts'>> =
  ({ data, now, tabs, toasts }) =>
  (set, get) => ({
    migrating: IDLE,
    async migrate() {
      const done = await work(
        // Usually there is nothing to migrate, and nothing is shown.
        (migrating) => {
          if (migrating.kind !== 'busy' || migrating.progress) set({ migrating });
        },
        now,
        (options) => data.call('migrate', null, options).catch(ignoreInUse),
      );
      const { migrating } = get();
      if (migrating.kind === 'failed') {
        toasts.show({
          text: 'Some data from an earlier version hasn’t been converted yet',
          detail: `Nothing is lost: it opens unchanged, and the next start continues the conversion. ${explain(migrating.failure)}`,
        });
      }
      if (!done || done.texts === 0) return;
      await get().loadTexts();
      tabs.announce();
    },
  });
