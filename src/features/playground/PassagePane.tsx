import { formatCount } from '../../core/base/units';
import { BLANK, countBlanks } from '../../core/tokenizer/passage';
import { promptOf } from '../../state/playground';
import { useShownPart, useStudio } from '../../state/react';
import { Block, Button, Pane, TextField } from '../../ui';
import { GenerateOrStop } from './GenerateOrStop';
import styles from './PlaygroundPage.module.css';
import { tooLongWords } from './reach';
import { useMissingInput } from './useMissingInput';

/** A passage with blanks. */
export function PassagePane() {
  const passage = useStudio(promptOf);
  const tooLong = useShownPart('playground', ({ record }) => record && tooLongWords(passage, record)) ?? undefined;
  const setPrompt = useStudio((s) => s.setPrompt);
  const missingInput = useMissingInput();
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
          error={missingInput.error}
          area={missingInput.field}
        />
        <div className={styles.alongside}>
          <Button isDense variant="quiet" icon="plus" onPress={() => setPrompt(`${passage.trimEnd()} ___`.trimStart())}>
            Blank at the end
          </Button>
        </div>
        <GenerateOrStop onMissingInput={missingInput.onMissingInput} />
      </Block>
    </Pane>
  );
}
