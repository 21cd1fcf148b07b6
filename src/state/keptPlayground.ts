/** Saves and loads the Playground's settings and texts of a project. The only writer of them in a tab. */
import { toFailure } from '../core/base/errors';
import {
  dropWritten,
  type PlaygroundSettings,
  readPlayground,
  savePlayground,
  saveWritten,
  type WrittenRecord,
} from '../core/runs/playground';
import { explain } from './failures';
import { recordOfEarlier, writtenRecord } from './writtenTexts';
import type { PlaygroundSlice } from './slices/playground';
import type { SliceServices, SliceStore, Studio } from './slices/studio';

type KeeperNeeds = PlaygroundSlice & Pick<Studio, 'opened' | 'project' | 'shown'>;

interface PlaygroundKeeper {
  /** Shows the stored settings of the open project, and its text if the shown model writes such texts. */
  load(): Promise<void>;
  /** Shows the stored text, if nothing is shown and the shown model writes such texts. */
  loadText(): Promise<void>;
  /** Stores the shown text, also one loaded from the store. */
  save(): void;
  /** Removes the stored text. The newest earlier one takes its place. */
  forget(): void;
}

/** @param shownText shows a stored text; nothing if the shown model doesn't write such texts */
export function playgroundKeeper(
  { store, tabs, now, toasts }: SliceServices,
  api: SliceStore<KeeperNeeds>,
  shownText: (s: KeeperNeeds, written: WrittenRecord) => Partial<PlaygroundSlice>,
): PlaygroundKeeper {
  /** Pending saves by project. A null text is to be removed. */
  const settings = new Map<string, PlaygroundSettings>();
  const texts = new Map<string, WrittenRecord | null>();
  let hasFailed = false;
  let endPause = (): void => undefined;

  async function saveAll<T>(pending: Map<string, T>, save: (id: string, record: T) => Promise<void>): Promise<void> {
    for (const [id, record] of pending) {
      pending.delete(id);
      try {
        await save(id, record);
        hasFailed = false;
      } catch (error) {
        // Reported once: otherwise every key press would report it.
        if (!hasFailed) toasts.show({ text: 'The Playground could not be saved', detail: explain(toFailure(error)) });
        hasFailed = true;
      }
    }
  }
  const settingsQueue = queue(() => saveAll(settings, (id, record) => savePlayground(store, id, record)));
  const textQueue = queue(async () => {
    await saveAll(texts, (id, record) => (record ? saveWritten(store, id, record) : dropWritten(store, id)));
    // Tokens come ten times a second, and each save writes all of them.
    const pause = new Promise<void>((resolve) => (endPause = resolve));
    if (api.getState().writing.kind === 'writing') await Promise.race([tabs.pause(PAUSE_MS), pause]);
  });

  api.subscribe((s, before) => {
    const { playgroundOf: id, writing } = s;
    if (id === null || id !== s.project.id || id !== before.playgroundOf) return;
    if (SETTINGS.some((field) => s[field] !== before[field])) {
      settings.set(id, settingsOf(s));
      settingsQueue.ask();
    }
    if (writing !== before.writing && writing.kind === 'done' && writing.isRestored) return;
    const text = TEXT.some((field) => s[field] !== before[field]) ? writtenRecord(s, now()) : undefined;
    if (text) {
      texts.set(id, text);
      textQueue.ask();
    }
    if (writing.kind !== 'writing') endPause();
  });

  // A value missing in the store is undefined; unreadable records are listed elsewhere.
  const read = (id: string) => readPlayground(store, id).catch(() => ({ settings: undefined, written: undefined }));
  return {
    async load() {
      const { id } = api.getState().project;
      endPause();
      await Promise.all([settingsQueue.idle(), textQueue.idle()]);
      const { settings: kept, written } = await read(id);
      const s = api.getState();
      if (s.project.id !== id) return;
      const fields = kept && fieldsOf(kept);
      const text = written && shownText({ ...s, ...fields }, written);
      api.setState({ ...fields, ...text, playgroundOf: id });
    },
    async loadText() {
      const { id } = api.getState().project;
      await textQueue.idle();
      const { written } = await read(id);
      const s = api.getState();
      if (written && s.project.id === id && s.writing.kind === 'idle') api.setState(shownText(s, written));
    },
    save() {
      const s = api.getState();
      const text = writtenRecord(s, now());
      if (s.playgroundOf === null || !text) return;
      texts.set(s.playgroundOf, text);
      textQueue.ask();
    },
    forget() {
      const { playgroundOf, earlier } = api.getState();
      if (playgroundOf === null) return;
      const newest = earlier.at(-1);
      texts.set(playgroundOf, newest ? recordOfEarlier(newest, earlier.slice(0, -1)) : null);
      textQueue.ask();
    },
  };
}
/** Milliseconds between two saves of a text during generation. */
const PAUSE_MS = 1000;

const SETTINGS = ['prompt', 'isChat', 'system', 'sampling'] as const satisfies readonly (keyof PlaygroundSlice)[];
const TEXT = ['written', 'writtenBy', 'filled', 'writing'] as const satisfies readonly (keyof PlaygroundSlice)[];

/** Runs `work` repeatedly, once for all requests made meanwhile. */
function queue(work: () => Promise<void>): { ask(): void; idle(): Promise<void> } {
  let last = Promise.resolve();
  let isWaiting = false;
  return {
    ask() {
      if (isWaiting) return;
      isWaiting = true;
      last = last.then(() => {
        isWaiting = false;
        return work();
      });
    },
    idle: () => last,
  };
}

const settingsOf = ({ prompt, isChat, system, sampling }: PlaygroundSlice): PlaygroundSettings => ({
  ...{ version: 1, prompt, isChat, system, sampling },
});
const fieldsOf = ({ version: _, ...fields }: PlaygroundSettings): Partial<PlaygroundSlice> => fields;
