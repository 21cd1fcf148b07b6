import { formatCount } from '../../core/base/units';
import { promptOf, type Sampling } from '../../state/playground';
import { useShownPart, useStudio } from '../../state/react';
import { Block, NumberField, Pane, Segmented, TextField } from '../../ui';
import { GenerateOrStop } from './GenerateOrStop';
import { tooLongWords } from './reach';
import styles from './PlaygroundPage.module.css';
import { ChanceSliders, LengthField, SeedField } from './SamplingFields';
import { useMissingInput } from './useMissingInput';

const DECODING_OPTIONS: readonly { value: Sampling['how']; label: string }[] = [
  { value: 'likeliest', label: 'Greedy' },
  { value: 'beams', label: 'Beam search' },
  { value: 'chance', label: 'Sample' },
];

/** Input of a sequence-to-sequence model, and decoding settings. */
export function InputPane() {
  const input = useStudio(promptOf);
  const tooLong = useShownPart('playground', ({ record }) => record && tooLongWords(input, record)) ?? undefined;
  const setPrompt = useStudio((s) => s.setPrompt);
  const missingInput = useMissingInput();
  const how = useStudio((s) => s.sampling.how);
  const set = useStudio((s) => s.setSampling);
  return (
    <Pane title="Input" hint={`${formatCount(Array.from(input).length)} characters`}>
      <Block>
        <TextField
          label="Input"
          hideLabel
          rows={5}
          isProse
          value={input}
          onChange={setPrompt}
          hint={tooLong}
          error={missingInput.error}
          area={missingInput.field}
        />
        <GenerateOrStop onMissingInput={missingInput.onMissingInput} />
      </Block>
      <Block isForm>
        <div className={styles.how}>
          <Segmented
            label="Decoding"
            isWide
            value={how}
            onChange={(value) => set({ how: value })}
            options={DECODING_OPTIONS}
          />
        </div>
        {how === 'chance' && <ChanceSliders />}
        {how === 'beams' && <Beams />}
        <LengthField label="Maximum length" />
        {how === 'chance' && <SeedField />}
      </Block>
    </Pane>
  );
}

function Beams() {
  const beams = useStudio((s) => s.sampling.beams);
  const set = useStudio((s) => s.setSampling);
  return (
    <>
      <NumberField
        label="Beams"
        hint="kept per step"
        min={2}
        max={16}
        isWhole
        value={beams.count}
        onChange={(count) => set({ beams: { ...beams, count } })}
      />
      <NumberField
        label="Length penalty"
        hint="above 1: longer answers"
        min={-5}
        max={5}
        step={0.1}
        value={beams.lengthPenalty}
        onChange={(lengthPenalty) => set({ beams: { ...beams, lengthPenalty } })}
      />
    </>
  );
}
