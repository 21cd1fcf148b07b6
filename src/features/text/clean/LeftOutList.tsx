import { useState } from 'react';
import { formatCount, formatNumber } from '../../../core/base/units';
import { type RuleId, ruleOf, RULES } from '../../../core/documents/clean/rules';
import { Button, Dialog, TextAction } from '../../../ui';
import { TextBeginning } from '../TextPreview';
import styles from './LeftOutList.module.css';

/** A document that is left out, by which rule and why. */
export interface Left {
  text: string;
  place: number;
  title: string;
  sha256: string;
  rule: string | null;
  reason: string;
  scores: Readonly<Record<string, number>>;
}

/** Documents that rules leave out: each can be opened, and kept. */
export function LeftOutList(p: {
  left: readonly Left[];
  of: number;
  onKeep: (left: Left) => void;
  onMore?: () => void;
}) {
  const [opened, open] = useState<Left>();
  if (p.left.length === 0) return <p className={styles.none}>No document is left out.</p>;
  return (
    <>
      <ul className={styles.list}>
        {p.left.map((one) => (
          <li key={`${one.text}/${one.place}`}>
            <span className={styles.words}>
              <TextAction onPress={() => open(one)} label={`Open ${one.title}`}>
                {one.title}
              </TextAction>
              <small>
                {ruleName(one.rule)}: {one.reason}
              </small>
            </span>
            <Button isDense onPress={() => p.onKeep(one)} label={`Keep ${one.title}`}>
              Keep it
            </Button>
          </li>
        ))}
      </ul>
      {p.onMore && (
        <p className={styles.none}>
          The first {formatCount(p.left.length)} of {formatCount(p.of)}.{' '}
          <TextAction onPress={p.onMore}>Show more</TextAction>
        </p>
      )}
      {opened && (
        <Dialog
          isOpen
          isDismissable
          width={720}
          onClose={() => open(undefined)}
          title={opened.title}
          actions={
            <>
              <Button onPress={() => open(undefined)}>Close</Button>
              <Button
                variant="go"
                onPress={() => {
                  open(undefined);
                  p.onKeep(opened);
                }}
              >
                Keep it
              </Button>
            </>
          }
        >
          <p>
            Left out by {ruleName(opened.rule)}: {opened.reason}. {scoreWords(opened.scores)}
          </p>
          <TextBeginning id={opened.text} place={opened.place} />
        </Dialog>
      )}
    </>
  );
}

const ruleName = (rule: string | null): string => {
  if (rule === null) return 'All rules together';
  return rule in RULES ? ruleOf(rule as RuleId).label : rule;
};
export function scoreWords(scores: Left['scores']): string {
  const words = Object.entries(scores).map(([name, value]) => `${name} ${formatNumber(value)}`);
  return words.length === 0 ? '' : `Measured: ${words.join(', ')}.`;
}
