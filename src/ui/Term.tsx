import {
  useContext,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
} from 'react';
import type { RunNumbers } from '../core/glossary/sentence';
import { findTerm, type TermId } from '../core/glossary/terms';
import { GlossaryContext } from './glossary';
import type { TermEntry } from './TermEntry';
import { TERM_MARK, updateTermStops } from './termStops';
import styles from './Term.module.css';

/** Keys that an open term handles, or that have no effect of their own. */
const OWN_KEYS = new Set(['Enter', ' ', 'Escape', 'Tab', 'Shift', 'Control', 'Alt', 'Meta']);

interface Opened {
  /** The popover and the definitions load when the first term is opened. */
  TermEntry: typeof TermEntry;
  numbers: RunNumbers;
}

/** Milliseconds of hover before a term opens, and before it closes on the way to the link. */
const [OPEN_AFTER, CLOSE_AFTER] = [400, 200];

/** Glossary term. Hover, focus and tap open its definition; Enter follows the link in it; Esc closes it. */
export function Term({ id, children }: { id: TermId; children: string }) {
  const glossary = useContext(GlossaryContext);
  const word = useRef<HTMLSpanElement>(null);
  const popup = useRef<HTMLDivElement>(null);
  const entryId = useId();
  const textId = useId();
  const [opened, setOpened] = useState<Opened>();
  const [takesFocus, setTakesFocus] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  /** Whether the term should be open: content that finishes loading shows only if so. */
  const isWanted = useRef(false);

  const later = (act: () => void, milliseconds: number): void => {
    clearTimeout(timer.current);
    timer.current = setTimeout(act, milliseconds);
  };
  const open = (focus = false): void => {
    clearTimeout(timer.current);
    isWanted.current = true;
    if (focus) setTakesFocus(true);
    Promise.all([import('./TermEntry'), glossary?.numbers() ?? {}]).then(
      ([{ TermEntry }, numbers]) => {
        if (isWanted.current) setOpened({ TermEntry, numbers });
      },
      () => undefined, // Loading failed: the word stays readable, and the next press tries again.
    );
  };
  const close = (): void => {
    clearTimeout(timer.current);
    isWanted.current = false;
    setTakesFocus(false);
    setOpened(undefined);
  };
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      isWanted.current = false;
    },
    [],
  );
  useLayoutEffect(() => {
    updateTermStops();
    return updateTermStops;
  }, [id]);
  const isOpen = opened !== undefined;
  useEffect(() => {
    if (!isOpen) return;
    const onOutside = (event: Event): void => {
      const { target } = event;
      const isInside = [word, popup].some(({ current }) => target instanceof Node && current?.contains(target));
      const key = event instanceof globalThis.KeyboardEvent ? event.key : undefined;
      if (isInside && (key === undefined || OWN_KEYS.has(key))) return;
      // If hover opened it, the focus is elsewhere, and Esc must close only the term.
      if (key === 'Escape') event.stopPropagation();
      close();
    };
    for (const type of ['pointerdown', 'keydown']) addEventListener(type, onOutside, true);
    return () => {
      for (const type of ['pointerdown', 'keydown']) removeEventListener(type, onOutside, true);
    };
  }, [isOpen]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' || event.key === ' ') open(true);
    else if (event.key === 'Escape' && isOpen) close();
    else return;
    // In a dialog, Esc closes only the term; in a label, the keys don't reach the field.
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <>
      <span
        ref={word}
        className={styles.term}
        role="button"
        {...{ [TERM_MARK]: id }}
        tabIndex={-1} // termStops.ts sets 0 on the first mark of the page
        aria-expanded={isOpen}
        aria-controls={isOpen ? entryId : undefined}
        aria-describedby={isOpen ? textId : undefined}
        onClick={(event) => {
          event.preventDefault(); // a label would focus its field
          open();
        }}
        onKeyDown={onKeyDown}
        onFocus={(event) => {
          // Opens on Tab, not on a press, nor when closing returns the focus.
          if (event.relatedTarget && !popup.current && event.currentTarget.matches(':focus-visible')) open();
        }}
        onBlur={(event) => {
          if (!popup.current?.contains(event.relatedTarget)) close();
        }}
        onPointerEnter={(event) => event.pointerType === 'mouse' && later(open, OPEN_AFTER)}
        onPointerLeave={(event) => event.pointerType === 'mouse' && later(close, CLOSE_AFTER)}
      >
        {children}
      </span>
      {opened && (
        <opened.TermEntry
          id={id}
          entryId={entryId}
          textId={textId}
          wordRef={word}
          popupRef={popup}
          numbers={opened.numbers}
          takesFocus={takesFocus}
          onClose={close}
          onPointerEnter={() => clearTimeout(timer.current)}
          onPointerLeave={() => later(close, CLOSE_AFTER)}
        />
      )}
    </>
  );
}

/** Label with its first term marked. Content other than plain text is unchanged. */
export function TermLabel({ children }: { children: ReactNode }) {
  const found = typeof children === 'string' ? findTerm(children) : undefined;
  if (!found || typeof children !== 'string') return children;
  const { id, start, end } = found;
  return (
    <>
      {children.slice(0, start)}
      <Term id={id}>{children.slice(start, end)}</Term>
      {children.slice(end)}
    </>
  );
}
