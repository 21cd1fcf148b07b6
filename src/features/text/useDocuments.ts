import { useEffect, useState } from 'react';
import type { TextRecord } from '../../core/documents';
import { useStudioStore } from '../../state/react';
import type { DataApi } from '../../protocol/data';

export type DocumentRows = DataApi['documents']['output'];

/** Documents that are asked for at once. */
export const PAGE = 500;

/**
 * The documents of texts by the texts' ids, of those whose title holds `query`, as many pages of them as are wanted. What
 * was read stays until what takes its place is here.
 */
export function useDocuments(
  texts: readonly TextRecord[],
  query: string,
): { found: ReadonlyMap<string, DocumentRows>; more: (id: string) => void } {
  const { data } = useStudioStore().workers;
  const [found, setFound] = useState<ReadonlyMap<string, DocumentRows>>(new Map());
  const [pages, setPages] = useState<ReadonlyMap<string, number>>(new Map());
  useEffect(() => {
    let isWanted = true;
    const all = texts.map(async ({ id }) => {
      const rows = await data.call('documents', { textId: id, from: 0, count: PAGE * (pages.get(id) ?? 1), query });
      if (isWanted) setFound((before) => new Map(before).set(id, rows));
    });
    // One that cannot be read says so where it is looked into.
    void Promise.allSettled(all);
    return () => {
      isWanted = false;
    };
  }, [texts, query, pages, data]);
  return {
    found,
    more: (id) => setPages((before) => new Map(before).set(id, (before.get(id) ?? 1) + 1)),
  };
}
