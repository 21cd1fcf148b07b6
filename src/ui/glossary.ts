/** What terms need from the app: numbers of the open run, and the glossary page. */
import { createContext } from 'react';
import type { RunNumbers } from '../core/glossary/sentence';
import type { TermId } from '../core/glossary/terms';

export interface Glossary {
  /** Called when a term is opened, because a training run changes the numbers. */
  numbers: () => Promise<RunNumbers>;
  /** URL of the glossary page, at the term. */
  href: (id: TermId) => string;
  onAll: (id: TermId) => void;
}
/** Null, as in a test of a single component: a term shows only its definition. */
export const GlossaryContext = createContext<Glossary | null>(null);
