import { useEffect, useState } from 'react';
import type { TextRecord } from '../../core/documents';
import { useStudioStore } from '../../state/react';
import type { DataApi } from '../../protocol/data';

export type DocumentRows = DataApi['documents']['output'];

/** Number of documents per request. */
export const PAGE = 500;

/** Documents by text id whose title contains `query`, in pages on request. Old results stay until new ones arrive. */
export function useDocuments(
  texts: readonly TextRecord[],
  query: string,
): { found: ReadonlyMap<string, DocumentRows>; more: (id: string) => void } {
  const { data } = useStudioStore().workers;
  const [found, setFound] = useState<ReadonlyMap<string, DocumentRows>>(new Map());
  const [pages, setPages] = useState<ReadonlyMap<string, number>>(new Map());
  useEffect(() => {
    let isWanted = true;
    const requests = texts.map(async ({ id }) => {
      const rows = await data.call('documents', { textId: id, from: 0, count: PAGE * (pages.get(id) ?? 1), query });
      if (isWanted) setFound((before) => new Map(before).set(id, rows));
    });
    // An unreadable document is reported when it is opened.
    void Promise.allSettled(requests);
    return () => {
      isWanted = false;
    };
  }, [texts, query, pages, data]);
  return {
    found,
    more: (id) => setPages((before) => new Map(before).set(id, (before.get(id) ?? 1) + 1)),
  };
}
