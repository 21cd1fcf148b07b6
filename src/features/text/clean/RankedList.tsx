import { Fragment, useState } from 'react';
import { formatCount } from '../../../core/base/units';
import type { MeasuredScore, RankedDocument } from '../../../core/documents/clean/preview';
import type { StatedMeasure } from '../../../core/documents/clean/rules/rule';
import { Button, TextAction } from '../../../ui';
import { DocumentDialog } from './DocumentDialog';
import styles from './RankedList.module.css';

/** Documents in descending order of a measure: both ends, and those near its bounds. */
export function RankedList(p: {
  measure: StatedMeasure;
  score: MeasuredScore;
  onKeep: (sha256: string) => void;
  onMore?: () => void;
}) {
  const [opened, setOpened] = useState<RankedDocument>();
  const { format, label } = p.measure;
  const { ranked, bounds, values } = p.score;
  const isOut = ({ value }: RankedDocument): boolean => value < bounds.min || value > bounds.max;
  return (
    <>
      <ol className={styles.list} aria-label={`Documents by ${label}`}>
        {ranked.map((document, i) => {
          const { before, text, place, title, value, stays } = document;
          const previous = ranked[i - 1];
          const skipped = before - (previous ? previous.before + 1 : 0);
          return (
            <Fragment key={`${text}/${place}`}>
              {skipped > 0 && <li className={styles.gap}>{formatCount(skipped)} more</li>}
              {previous && previous.value > bounds.max && value <= bounds.max && (
                <li className={styles.cut}>Maximum to keep: {format(bounds.max)}</li>
              )}
              {previous && previous.value >= bounds.min && value < bounds.min && (
                <li className={styles.cut}>Minimum to keep: {format(bounds.min)}</li>
              )}
              <li className={stays ? undefined : styles.out}>
                <span className={styles.rank}>{formatCount(before + 1)}</span>
                <span className={styles.value}>{format(value)}</span>
                <span className={styles.title}>
                  <TextAction onPress={() => setOpened(document)} label={`Open ${title}`}>
                    {title}
                  </TextAction>
                  {isOut(document) && stays && <small>Kept by you</small>}
                  {!isOut(document) && !stays && <small>Removed by another score</small>}
                </span>
                {!stays && (
                  <Button isDense onPress={() => p.onKeep(document.sha256)} label={`Keep ${title}`}>
                    Keep
                  </Button>
                )}
              </li>
            </Fragment>
          );
        })}
      </ol>
      {p.onMore && (
        <p className={styles.more}>
          Showing {formatCount(ranked.length)} of {formatCount(values.length)}.{' '}
          <TextAction onPress={p.onMore}>Show more</TextAction>
        </p>
      )}
      {opened && (
        <DocumentDialog
          {...opened}
          words={`${label} ${format(opened.value)}: ${formatCount(opened.before + 1)} of ${formatCount(values.length)}.`}
          onClose={() => setOpened(undefined)}
          {...(!opened.stays && { onKeep: () => p.onKeep(opened.sha256) })}
        />
      )}
    </>
  );
}
