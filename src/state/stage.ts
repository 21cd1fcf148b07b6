/**
 * A stage as known to rail, address, palette, keys and first screen: a folder of features with a stage.ts, and a line
 * in app/stages.ts.
 */
import type { ComponentType } from 'react';
import type { Studio } from './slices/studio';

export interface Stage {
  /** Its address is `/id`. */
  id: string;
  name: string;
  /** Further search words for the palette. */
  words?: string;
  /** Parts besides the default one, for the palette; `query` is added to the address. */
  parts?: readonly { label: string; query: string }[];
  /** Display in the rail. `automatic`: built without a request, so small. `door`: an entrance, without a sign. */
  form?: 'automatic' | 'door';
  /** Whether the rail lists it; absent: always. Its address and the palette open it in any case. */
  isListed?(s: Studio): boolean;
  /** A reference page, which loads only when opened: no work needs it. */
  isAside?: true;
  /** Its sign in the rail. A stage is never locked. */
  state(s: Studio): StageState;
  /** Loads its page, at the first visit. */
  page(): Promise<ComponentType<PageProps>>;
  /** Whether its page stays mounted when another project opens: its own state belongs to no project. */
  staysOpen?: true;
  /** Action of ⌘↵ here, if it doesn't start a run; undefined while unavailable. */
  action?(s: Studio): StageAction | undefined;
  /** Current single-key actions of the page. */
  keys?(s: Studio): readonly (StageAction & { keys: string })[];
  /** Whether the page handles drops itself. */
  takesDrops?(s: Studio): boolean;
}

/**
 * `none`: nothing yet. `done`: has an artifact. `running`: working now. `paused`, `interrupted`: stopped, can resume.
 * `stale`: built from something that changed since. `failed`: failed.
 */
export type Sign = 'none' | 'done' | 'running' | 'paused' | 'interrupted' | 'stale' | 'failed';

/** A sign describes the chosen run and built artifacts, never defaults. `line`: which artifact it is. */
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
  /** Path of the page with the result, if it is another one. */
  goesTo?: string;
}

/** Callbacks of the frame for each page. */
export interface PageProps {
  /** Passes files to the texts or to the model importer, and opens the page with the outcome. */
  onFiles(files: readonly { path: string; file: File }[]): void;
  /** Opens the dialog that shows how to check that nothing leaves the computer. */
  onPrivacy(): void;
}
