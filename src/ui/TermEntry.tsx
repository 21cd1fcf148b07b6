import { useContext, useEffect, useRef, type RefObject } from 'react';
import { Popover } from 'react-aria-components';
import { termSentence, type RunNumbers } from '../core/glossary/sentence';
import { termName, type TermId } from '../core/glossary/terms';
import { cx } from './cx';
import { GlossaryContext } from './glossary';
import styles from './TermEntry.module.css';

interface TermEntryProps {
  id: TermId;
  entryId: string;
  /** Id of the definition, used in the term's `aria-describedby`. */
  textId: string;
  wordRef: RefObject<HTMLElement | null>;
  popupRef: RefObject<HTMLDivElement | null>;
  numbers: RunNumbers;
  /** Whether the link gets the focus. */
  takesFocus: boolean;
  onClose: () => void;
  onPointerEnter: () => void;
  onPointerLeave: () => void;
}

/** Popover of a term: its definition, with the open run's number, and a link to the glossary. */
export function TermEntry({ wordRef, popupRef, ...p }: TermEntryProps) {
  const glossary = useContext(GlossaryContext);
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (p.takesFocus) link.current?.focus();
  }, [p.takesFocus]);
  return (
    <Popover
      ref={popupRef}
      className={cx(styles.entry)}
      triggerRef={wordRef}
      isOpen
      isNonModal
      onOpenChange={(isOpen) => !isOpen && p.onClose()}
      placement="bottom start"
      offset={6}
    >
      <aside
        id={p.entryId}
        aria-label={`Glossary: ${termName(p.id)}`}
        onPointerEnter={p.onPointerEnter}
        onPointerLeave={p.onPointerLeave}
        className={styles.words}
      >
        <b aria-hidden>{termName(p.id)}</b>
        <p id={p.textId}>{termSentence(p.id, p.numbers)}</p>
        {glossary && (
          <a
            ref={link}
            href={glossary.href(p.id)}
            onClick={(event) => {
              if (event.metaKey || event.ctrlKey || event.shiftKey) return;
              event.preventDefault();
              p.onClose();
              glossary.onAll(p.id);
            }}
          >
            All terms
          </a>
        )}
      </aside>
    </Popover>
  );
}
