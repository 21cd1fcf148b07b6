import { formatCount } from '../../core/base/units';
import { BLANK, countBlanks } from '../../core/tokenizer/passage';
import { promptOf } from '../../state/playground';
import { useShownPart, useStudio } from '../../state/react';
import { Block, Button, Pane, TextField } from '../../ui';
import { ActOrStop } from './ActOrStop';
import styles from './PlaygroundPage.module.css';
import { tooLongWords } from './reach';
import { useLacking } from './useLacking';

/** A passage with blanks. */
export function PassagePane() {
  const passage = useStudio(promptOf);
  const tooLong = useShownPart('playground', ({ record }) => record && tooLongWords(passage, record)) ?? undefined;
  const setPrompt = useStudio((s) => s.setPrompt);
  const lacking = useLacking();
  const blanks = countBlanks(passage);
  return (
    <Pane title="Passage" hint={`${formatCount(blanks)} ${blanks === 1 ? 'blank' : 'blanks'}`}>
      <Block>
        <TextField
          label="Passage"
          hideLabel
          rows={8}
          isProse
          value={passage}
          onChange={setPrompt}
          hint={tooLong ?? `Write ___ or ${BLANK} for a blank`}
          error={lacking.error}
          area={lacking.field}
        />
        <div className={styles.alongside}>
          <Button isDense variant="quiet" icon="plus" onPress={() => setPrompt(`${passage.trimEnd()} ___`.trimStart())}>
            Blank at the end
          </Button>
        </div>
        <ActOrStop onLacking={lacking.onLacking} />
      </Block>
    </Pane>
  );
}
