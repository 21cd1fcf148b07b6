/**
 * A stage, as rail, address, palette, keys and first screen know it. Each is a folder of features with a stage.ts, and a line
 * in app/stages.ts.
 */
import type { ComponentType } from 'react';
import type { Studio } from './slices/studio';

export interface Stage {
  /** Its address is `/id`. */
  id: string;
  name: string;
  /** Other words by which the palette finds it. */
  words?: string;
  /** Its parts besides the one that its address alone shows, as the palette offers them; `query` is what their address adds. */
  parts?: readonly { label: string; query: string }[];
  /** How the rail draws it. `automatic`: built without being asked for, so small and on one line. `door`: a way in, without a sign. */
  form?: 'automatic' | 'door';
  /** Whether the rail lists it; absent: always. Its address and the palette open it in any case. */
  isListed?(s: Studio): boolean;
  /** A page to look things up, which loads when it is opened and not before: no work needs it. */
  isAside?: true;
  /** Its sign in the rail. A stage is never locked. */
  state(s: Studio): StageState;
  /** Loads its page, which is done when it is first gone to. */
  page(): Promise<ComponentType<PageProps>>;
  /** Its page stays when another project is opened, and draws that one's: what it remembers of its own is of no project. */
  staysOpen?: true;
  /** What ⌘↵ does here, where that is not to start a run; undefined while it can do nothing. */
  action?(s: Studio): StageAction | undefined;
  /** What single keys do here, now. */
  keys?(s: Studio): readonly (StageAction & { keys: string })[];
  /** Whether the page takes what is dropped on it itself. */
  takesDrops?(s: Studio): boolean;
}

/**
 * `none`: nothing yet. `done`: has an artifact. `running`: working now. `paused`, `interrupted`: stopped, can resume.
 * `stale`: built from something that changed since. `failed`: failed.
 */
export type Sign = 'none' | 'done' | 'running' | 'paused' | 'interrupted' | 'stale' | 'failed';

/** A sign speaks of the chosen run and of what was built, never of defaults. `line`: which artifact it is. */
export type StageState = { sign: 'none'; line?: undefined } | { sign: Exclude<Sign, 'none'>; line: string };

export const NOTHING_YET: StageState = { sign: 'none' };
/** Maximum characters of a line. */
export const MAX_LINE = 26;

/** Returns the first of these that fits into a line of the rail, else the last. */
export const fitting = (...lines: readonly [string, ...string[]]): string =>
  lines.find(({ length }) => length <= MAX_LINE) ?? lines.at(-1)!;

export interface StageAction {
  id: string;
  label: string;
  run(): void;
  /** Path of the page that shows what comes of it, if that is another one. */
  goesTo?: string;
}

/** What the frame gives to each page. */
export interface PageProps {
  /** Gives files to whom they are for, texts or a model, and goes to the page that shows what becomes of them. */
  onFiles(files: readonly { path: string; file: File }[]): void;
  /** Opens the dialog that shows how to check that nothing leaves the computer. */
  onPrivacy(): void;
}
