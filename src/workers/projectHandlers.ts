/** Handlers of the data worker for projects, and for everything that is stored. */
import { zipped } from '../core/files/zip';
import { migrate } from '../core/runs/migrate';
import { duplicateProject, purgeProject, rescueProject } from '../core/runs/projectLife';
import { measureEverything, projectRows } from '../core/runs/sizes';
import { holdingRun, lockMigration } from '../storage/lock';
import type { DataContext, SomeDataHandlers } from './dataContext';
import { collectData } from './runHandlers';
import { listUnreadable, rawFiles } from './unreadable';

export function projectHandlers(context: DataContext) {
  const { store } = context;
  return {
    projects: async (_, { signal }) => projectRows(await store, signal),
    duplicateProject: async (input) => (await duplicateProject(await store, input), null),
    rescueProject: async (input) => (await rescueProject(await store, input), null),
    async purgeProject({ id }) {
      await context.textsUnread();
      const blobs = await store;
      await purgeProject(blobs, id, holdingRun);
      await collectData(blobs);
      return null;
    },
    measureEverything: async () => measureEverything(await store),
    async migrate(_, job) {
      const lock = await lockMigration();
      try {
        return await context.reading(async () => migrate(await store, () => crypto.randomUUID(), job));
      } finally {
        lock.release();
      }
    },
    listUnreadable: async ({ runId }) => listUnreadable(await store, runId),
    async exportRaw({ key }, job) {
      const parts: Blob[] = [];
      for await (const chunk of zipped(await rawFiles(await store, key), job)) {
        parts.push(new Blob([chunk as Uint8Array<ArrayBuffer>]));
      }
      const name = `homegrown-${key.replace(/[^\w-]+/g, '-')}.zip`;
      return { file: new Blob(parts, { type: 'application/zip' }), name };
    },
  } satisfies SomeDataHandlers;
}
