/** What all handlers of the data worker share. */
import type { BlobStore } from '../core/base/blobStore';
import { collectOrphans, type Owner } from '../core/documents';
import type { Readers } from '../core/documents/guard/readers';
import { purgeRemovedProjects } from '../core/runs/projectLife';
import { ownerOf } from '../core/runs/projects';
import type { DataApi } from '../protocol/data';
import { holdingRun, isUndoLive } from '../storage/lock';
import { collectData } from './runHandlers';
import type { Handlers } from './serve';

/** Loads a file of the app by its path; `name` describes it for a person. */
export type OwnFile = (path: string, name: string) => Promise<Response>;

/** Some of the data worker's handlers. */
export type SomeDataHandlers = Partial<Handlers<DataApi>>;

export class DataContext {
  /** Resolves when leftovers of an earlier session are deleted, before the first list is returned. */
  readonly swept: Promise<void>;
  /** Work that reads texts. */
  private readonly textReaders = new Set<Promise<unknown>>();

  /** @param runReader runs readers of files */
  constructor(
    readonly store: Promise<BlobStore>,
    readonly ownFile: OwnFile,
    readonly runReader: Readers,
  ) {
    this.swept = store.then(sweep);
    this.swept.catch(() => undefined);
  }

  /** Runs work that reads texts: texts that are removed meanwhile stay until it ends. */
  async reading<T>(read: () => Promise<T>): Promise<T> {
    const work = read();
    this.textReaders.add(work);
    try {
      return await work;
    } finally {
      this.textReaders.delete(work);
    }
  }

  /** Resolves when all work that reads texts now has ended. */
  async textsUnread(): Promise<void> {
    await Promise.allSettled(this.textReaders);
  }

  /** Adds the owner of imported texts, so that nothing is stored for a project that was deleted meanwhile. */
  async owned<S extends { projectId: string }>(settings: S): Promise<S & { owner: Owner; readers: Readers }> {
    return {
      ...settings,
      owner: await ownerOf(await this.store, settings.projectId),
      readers: this.runReader,
    };
  }
}

async function sweep(store: BlobStore): Promise<void> {
  const now = (await isUndoLive()) ? 0 : Date.now();
  await collectOrphans(store, now);
  if (await purgeRemovedProjects(store, now, holdingRun)) await collectData(store);
}
