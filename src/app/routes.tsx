/** Address of each stage, and its page, which loads on its first visit. */
import { lazy, type ComponentType, type ReactElement } from 'react';
import { HomegrownError } from '../core/base/errors';
import type { PageProps, Stage } from '../state/stage';
import { STAGES } from './stages';

/** `/p/<project>/<stage>`: `path` is what is after the project, such as `/text`. */
export const addressOf = (project: string, path: string): string => `/p/${encodeURIComponent(project)}${path}`;
/** Current address of pages that became parts of a stage. Links and bookmarks to old addresses keep working. */
const MOVED: Readonly<Record<string, { path: string; query?: string }>> = {
  '/tokenizer': { path: '/tokens' },
  '/data': { path: '/tokens', query: 'part=data' },
};

interface Place {
  project: string | undefined;
  path: string;
  /** Query that an old address adds. */
  query?: string;
}

/** Project and page of an address; without a page, the first stage. */
export function placeOf(address: string): Place {
  const id = /^\/p\/([^/]+)/.exec(address)?.[1];
  const afterProject = id === undefined ? address : address.slice(`/p/${id}`.length);
  const page = afterProject.replace(/\/+$/, '');
  const path = page === '' ? pathOf(STAGES[0]!) : page;
  return { project: id === undefined ? undefined : decode(id), ...(MOVED[path] ?? { path }) };
}
/** Decodes a part of an address. Text that can't be decoded stays unchanged. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const pathOf = ({ id }: Stage): string => `/${id}`;
export const stageAt = (path: string): Stage | undefined => STAGES.find((stage) => pathOf(stage) === path);

const LOADERS: (() => Promise<unknown>)[] = [];

/** Fetches every page except reference pages: later they need no network, and no newer deployment can break them. */
export async function fetchPages(): Promise<void> {
  // A page that can't load now reports that when it is opened.
  await Promise.allSettled(LOADERS.map((load) => load()));
}

const PAGES = new Map(STAGES.map((stage) => [stage, lazyPage(stage.page, stage.isAside)]));

export function pageOf(stage: Stage, props: PageProps): ReactElement {
  const Page = PAGES.get(stage)!;
  return <Page {...props} />;
}

function lazyPage<P>(load: () => Promise<ComponentType<P>>, isAside = false) {
  if (!isAside) LOADERS.push(load);
  return lazy(() =>
    load().then(
      (component) => ({ default: component }),
      (error: unknown) => {
        throw new HomegrownError(
          'load-failed',
          `Couldn’t load this page: ${error instanceof Error ? error.message : String(error)}`,
        );
      },
    ),
  );
}
