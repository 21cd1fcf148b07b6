import { type RefObject, useRef, useState } from 'react';
import { useStudio } from '../../state/react';
import { lackingWords } from './kinds';

interface Lacking {
  /** What must be typed first; undefined until a press on the button asked for it. */
  error: string | undefined;
  field: RefObject<HTMLTextAreaElement | null>;
  /** Says what the field lacks, and focuses it. */
  onLacking: () => void;
}

/** For the field of a filled button that needs a text: the button stays enabled, and a press without a text asks for one. */
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
