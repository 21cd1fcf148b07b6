import type { PageForward } from '../core/models/page';

/** All architectures with a file for this page, by the name of their folder, which equals their id. */
const FILES = import.meta.glob<PageForward>('../core/models/*/page.ts', { eager: true, import: 'page' });
export const PAGE_FORWARDS: Readonly<Partial<Record<string, PageForward>>> = Object.fromEntries(
  Object.entries(FILES).map(([path, page]) => [path.split('/').at(-2)!, page]),
);
