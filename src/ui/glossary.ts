/** What terms need of the app around them: numbers of the open run, and the page that lists them all. */
import { createContext } from 'react';
import type { RunNumbers } from '../core/glossary/sentence';
import type { TermId } from '../core/glossary/terms';

export interface Glossary {
  /** Read when a term is opened: a run that trains changes them. */
  numbers: () => Promise<RunNumbers>;
  /** Address of the page, at the term. */
  href: (id: TermId) => string;
  onAll: (id: TermId) => void;
}
/** Without one, as in a test of a single part, a term has its sentence alone. */
export const GlossaryContext = createContext<Glossary | null>(null);
