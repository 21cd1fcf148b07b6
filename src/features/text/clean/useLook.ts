import { useState } from 'react';
import type { Look as LookInput } from '../../../core/documents/clean/preview';

/** What the page previews: a rule or the whole recipe, a document, and the rows of a ranking. */
export interface Look {
  /** Index of the selected rule. */
  chosen: number | null;
  /** Whether the preview shows the selected rule alone. */
  isOfRule: boolean;
  /** Name of the score that documents are ranked by; undefined: the default. */
  score: string | undefined;
  input: LookInput;
  choose(step: number | null): void;
  setOfRule(isOfRule: boolean): void;
  /** Shows the changed document with this index. */
  setDocument(index: number): void;
  setScore(score: string): void;
  /** Ranks the documents of this text. */
  setText(id: string): void;
  showMoreRows(): void;
}

/** Documents shown around each bound of a measure, and at either end. */
const ROWS = 5;

export function useLook(): Look {
  const [chosen, setChosen] = useState<number | null>(null);
  const [isOfRule, setOfRule] = useState(true);
  const [at, setDocument] = useState(0);
  const [score, setScore] = useState<string>();
  const [text, setText] = useState<string>();
  const [rows, setRows] = useState(ROWS);
  return {
    chosen,
    isOfRule,
    score,
    input: { step: isOfRule ? chosen : null, at, rows, ...(text !== undefined && { text }) },
    choose(step) {
      setChosen(step);
      setOfRule(true);
      setDocument(0);
      setScore(undefined);
      setRows(ROWS);
    },
    setOfRule(ofRule) {
      setOfRule(ofRule);
      setDocument(0);
    },
    setDocument,
    setScore,
    setText,
    showMoreRows: () => setRows(rows * 4),
  };
}
