import { type RefObject, useRef, useState } from 'react';
import { useStudio } from '../../state/react';
import { missingInputWords } from './kinds';

interface MissingInput {
  /** Names the missing input; undefined until the button is pressed without it. */
  error: string | undefined;
  field: RefObject<HTMLTextAreaElement | null>;
  /** Shows the error and focuses the field. */
  onMissingInput: () => void;
}

/**
 * State of an input field whose button stays enabled: pressing the button without input shows an error and focuses the
 * field.
 */
export function useMissingInput(): MissingInput {
  const words = useStudio(missingInputWords);
  const field = useRef<HTMLTextAreaElement>(null);
  const [isReported, setReported] = useState(false);
  if (isReported && words === undefined) setReported(false);
  return {
    error: isReported ? words : undefined,
    field,
    onMissingInput() {
      setReported(true);
      field.current?.focus();
    },
  };
}
