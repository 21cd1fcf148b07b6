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

export interface PlaygroundKeeper {
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
  services: SliceServices,
  studio: SliceStore<KeeperNeeds>,
  shownText: (s: KeeperNeeds, written: WrittenRecord) => Partial<PlaygroundSlice>,
): PlaygroundKeeper {
  const { store, now } = services;
  const saver = playgroundSaver(services, () => studio.getState().writing.kind === 'writing');

  studio.subscribe((s, before) => {
    const { playgroundOf: id, writing } = s;
    if (id === null || id !== s.project.id || id !== before.playgroundOf) return;
    if (SETTINGS.some((field) => s[field] !== before[field])) saver.saveSettings(id, settingsOf(s));
    if (writing !== before.writing && writing.kind === 'done' && writing.isRestored) return;
    const text = TEXT.some((field) => s[field] !== before[field]) ? writtenRecord(s, now()) : undefined;
    if (text) saver.saveText(id, text);
    if (writing.kind !== 'writing') saver.endPause();
  });

  // A value missing in the store is undefined; unreadable records are listed elsewhere.
  const read = (id: string) => readPlayground(store, id).catch(() => ({ settings: undefined, written: undefined }));
  return {
    async load() {
      const { id } = studio.getState().project;
      saver.endPause();
      await Promise.all([saver.settingsSaved(), saver.textSaved()]);
      const { settings, written } = await read(id);
      const s = studio.getState();
      if (s.project.id !== id) return;
      const fields = settings && fieldsOf(settings);
      const text = written && shownText({ ...s, ...fields }, written);
      studio.setState({ ...fields, ...text, playgroundOf: id });
    },
    async loadText() {
      const { id } = studio.getState().project;
      await saver.textSaved();
      const { written } = await read(id);
      const s = studio.getState();
      if (written && s.project.id === id && s.writing.kind === 'idle') studio.setState(shownText(s, written));
    },
    save() {
      const s = studio.getState();
      const text = writtenRecord(s, now());
      if (s.playgroundOf !== null && text) saver.saveText(s.playgroundOf, text);
    },
    forget() {
      const { playgroundOf, earlier } = studio.getState();
      if (playgroundOf === null) return;
      const newest = earlier.at(-1);
      saver.saveText(playgroundOf, newest ? recordOfEarlier(newest, earlier.slice(0, -1)) : null);
    },
  };
}

const SETTINGS = ['prompt', 'isChat', 'system', 'sampling'] as const satisfies readonly (keyof PlaygroundSlice)[];
const TEXT = ['written', 'writtenBy', 'filled', 'writing'] as const satisfies readonly (keyof PlaygroundSlice)[];

const settingsOf = ({ prompt, isChat, system, sampling }: PlaygroundSlice): PlaygroundSettings => ({
  ...{ version: 1, prompt, isChat, system, sampling },
});
const fieldsOf = ({ version: _, ...fields }: PlaygroundSettings): Partial<PlaygroundSlice> => fields;

interface PlaygroundSaver {
  saveSettings(projectId: string, settings: PlaygroundSettings): void;
  /** Stores a text; null removes it. */
  saveText(projectId: string, text: WrittenRecord | null): void;
  /** Resolves when the requested saves of settings have ended. */
  settingsSaved(): Promise<void>;
  textSaved(): Promise<void>;
  /** Saves the text at once if it waits between two saves. */
  endPause(): void;
}

/** Stores the newest requested settings and text of each project. @param isWriting whether a text is being generated */
function playgroundSaver(
  { store, tabs, toasts }: Pick<SliceServices, 'store' | 'tabs' | 'toasts'>,
  isWriting: () => boolean,
): PlaygroundSaver {
  const pendingSettings = new Map<string, PlaygroundSettings>();
  const pendingTexts = new Map<string, WrittenRecord | null>();
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
  const settingsTask = repeatedTask(() => saveAll(pendingSettings, (id, record) => savePlayground(store, id, record)));
  const textTask = repeatedTask(async () => {
    await saveAll(pendingTexts, (id, record) => (record ? saveWritten(store, id, record) : dropWritten(store, id)));
    // Tokens come ten times a second, and each save writes all of them.
    const pause = new Promise<void>((resolve) => (endPause = resolve));
    if (isWriting()) await Promise.race([tabs.pause(PAUSE_MS), pause]);
  });
  return {
    saveSettings(projectId, settings) {
      pendingSettings.set(projectId, settings);
      settingsTask.request();
    },
    saveText(projectId, text) {
      pendingTexts.set(projectId, text);
      textTask.request();
    },
    settingsSaved: settingsTask.idle,
    textSaved: textTask.idle,
    endPause: () => endPause(),
  };
}

/** Milliseconds between two saves of a text during generation. */
const PAUSE_MS = 1000;

/** Runs `task` repeatedly, once for all requests made meanwhile. */
function repeatedTask(task: () => Promise<void>): { request(): void; idle(): Promise<void> } {
  let last = Promise.resolve();
  let isWaiting = false;
  return {
    request() {
      if (isWaiting) return;
      isWaiting = true;
      last = last.then(() => {
        isWaiting = false;
        return task();
      });
    },
    idle: () => last,
  };
}
