/** React as a reader of the studio. */
import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { Studio, StudioStore } from './studio';

export const StudioContext = createContext<StudioStore | null>(null);

/** The part of the studio that `select` picks; the component renders again when that part is another value. */
export function useStudio<T>(select: (studio: Studio) => T): T {
  return useStore(useStudioStore(), select);
}

/** The store itself, for event handlers that read what is true when they run. */
export function useStudioStore(): StudioStore {
  const store = useContext(StudioContext);
  if (!store) throw new Error('The studio is used outside its provider');
  return store;
}
