import { Fragment } from 'react';
import text from './text.module.css';

/** A reading with its units made small and quiet: `2 min 20 s`, `26.3 MB`. For a number strip's value. */
export function Quantity({ children }: { children: string }) {
  return children.split(' ').map((word, i) => (
    <Fragment key={i}>
      {/^[^\d–−]/.test(word) ? (
        // The space is as small as the unit.
        <span className={text.quantityUnit}> {word}</span>
      ) : (
        `${i > 0 ? ' ' : ''}${word}`
      )}
    </Fragment>
  ));
}
