import { Fragment } from 'react';
import { formatCount, formatShare } from '../../core/base/units';
import { filledText, resultNote } from '../../state/playground';
import { useStudio } from '../../state/react';
import { Blank, Pane } from '../../ui';
import { CopyMenu } from './CopyMenu';
import { KIND_TEXTS } from './kinds';
import styles from './PlaygroundPage.module.css';

/** Passage with a word in each blank, and its probability. */
export function FilledPane({ chosen, onChoose }: { chosen: number | undefined; onChoose: (blank: number) => void }) {
  const filled = useStudio((s) => s.filled);
  const note = useStudio(resultNote);
  return (
    <Pane title="Text" aside={<CopyMenu text={filled ? filledText(filled) : ''} />}>
      <div className={styles.flow}>
        {filled ? (
          <p className={styles.blanks}>
            {filled.pieces.map((piece, i) => {
              const word = filled.blanks[i]?.[filled.choices[i]!];
              const [, space, inner] = /^(\s*)([^]*)$/.exec(word?.inPlace ?? '')!;
              return (
                <Fragment key={i}>
                  {piece}
                  {word && (
                    <>
                      {space}
                      <Blank
                        label={`Blank ${formatCount(i + 1)}`}
                        word={inner!}
                        detail={formatShare(word.probability)}
                        isChosen={i === chosen}
                        onChoose={() => onChoose(i)}
                      />
                    </>
                  )}
                </Fragment>
              );
            })}
          </p>
        ) : (
          <p className={styles.nothing}>{KIND_TEXTS.encoder.empty}</p>
        )}
      </div>
      {filled && (
        <div className={styles.foot}>
          {note !== undefined && <span className={styles.mean}>Filled {note}</span>}
          <span className={styles.mean}>Each blank is filled independently</span>
          <span className={styles.mean}>choose one to see more</span>
        </div>
      )}
    </Pane>
  );
}
