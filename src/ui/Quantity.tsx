import { Fragment } from 'react';
import text from './text.module.css';

/** Number with small, quiet units, for a number strip: `2 min 20 s`, `26.3 MB`. */
export function Quantity({ children }: { children: string }) {
  return children.split(' ').map((word, i) => (
    <Fragment key={i}>
      {/^[^\d–−]/.test(word) ? (
        // The space is in the span so that it is as small as the unit.
        <span className={text.quantityUnit}> {word}</span>
      ) : (
        `${i > 0 ? ' ' : ''}${word}`
      )}
    </Fragment>
  ));
}
