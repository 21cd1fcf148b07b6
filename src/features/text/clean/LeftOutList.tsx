import { useState } from 'react';
import { formatCount, formatNumber } from '../../../core/base/units';
import { type RuleId, ruleOf, RULES } from '../../../core/documents/clean/rules';
import type { StatedMeasure } from '../../../core/documents/clean/rules/rule';
import { Button, TextAction } from '../../../ui';
import { DocumentDialog } from './DocumentDialog';
import styles from './LeftOutList.module.css';

/** Excluded document, with the rule and the reason. */
export interface LeftOutDocument {
  text: string;
  place: number;
  title: string;
  sha256: string;
  rule: string | null;
  reason: string;
  scores: Readonly<Record<string, number>>;
}

/** Documents that rules exclude: each can be opened, and kept. */
export function LeftOutList(p: {
  left: readonly LeftOutDocument[];
  of: number;
  /** Hashes of documents that the user keeps. They stay in the list until the text is cleaned again. */
  kept: ReadonlySet<string>;
  onKeep: (sha256: string, isKept: boolean) => void;
  onMore?: () => void;
}) {
  const [opened, setOpened] = useState<LeftOutDocument>();
  if (p.left.length === 0) return <p className={styles.none}>No documents removed.</p>;
  return (
    <>
      <ul className={styles.list} aria-label="Removed">
        {p.left.map((document) => {
          const isKept = p.kept.has(document.sha256);
          return (
            <li key={`${document.text}/${document.place}`}>
              <span className={styles.words}>
                <TextAction onPress={() => setOpened(document)} label={`Open ${document.title}`}>
                  {document.title}
                </TextAction>
                <small>
                  {isKept ? 'Kept by you; apply again to use it' : `${ruleName(document.rule)}: ${document.reason}`}
                </small>
              </span>
              <Button
                isDense
                onPress={() => p.onKeep(document.sha256, !isKept)}
                label={isKept ? `Remove ${document.title}` : `Keep ${document.title}`}
              >
                {isKept ? 'Remove' : 'Keep'}
              </Button>
            </li>
          );
        })}
      </ul>
      {p.onMore && (
        <p className={styles.none}>
          Showing {formatCount(p.left.length)} of {formatCount(p.of)}.{' '}
          <TextAction onPress={p.onMore}>Show more</TextAction>
        </p>
      )}
      {opened && (
        <DocumentDialog
          {...opened}
          words={`Removed by ${ruleName(opened.rule)}: ${opened.reason}. ${scoreWords(opened.scores)}`}
          onClose={() => setOpened(undefined)}
          {...(!p.kept.has(opened.sha256) && { onKeep: () => p.onKeep(opened.sha256, true) })}
        />
      )}
    </>
  );
}

const ruleName = (rule: string | null): string => {
  if (rule === null) return 'All rules together';
  return rule in RULES ? ruleOf(rule as RuleId).label : rule;
};
/** Every measure by its score's name; an unknown score of a newer version is shown under its stored name. */
const MEASURES = Object.assign({}, ...Object.keys(RULES).map((id) => ruleOf(id as RuleId).measures)) as Readonly<
  Record<string, StatedMeasure | undefined>
>;
function scoreWords(scores: LeftOutDocument['scores']): string {
  const words = Object.entries(scores).map(([name, value]) => {
    const { label, format } = MEASURES[name] ?? { label: name, format: formatNumber };
    return `${label} ${format(value)}`;
  });
  return words.length === 0 ? '' : `Measured: ${words.join(', ')}.`;
}
