import { type RefObject, useRef, useState } from 'react';
import { useStudio } from '../../state/react';
import { lackingWords } from './kinds';

interface Lacking {
  /** Names the missing input; undefined until the button is pressed without it. */
  error: string | undefined;
  field: RefObject<HTMLTextAreaElement | null>;
  /** Shows the error and focuses the field. */
  onLacking: () => void;
}

/** For the field of a filled button that stays enabled, and asks for a text if it is pressed without one. */
export function useLacking(): Lacking {
  const words = useStudio(lackingWords);
  const field = useRef<HTMLTextAreaElement>(null);
  const [isAsked, setAsked] = useState(false);
  if (isAsked && words === undefined) setAsked(false);
  return {
    error: isAsked ? words : undefined,
    field,
    onLacking() {
      setAsked(true);
      field.current?.focus();
    },
  };
}
