import { useEffect, useRef } from 'react';
import { formatBytes, formatCount, formatShare, formatShort } from '../../core/base/units';
import { modelSpec, paramsOf } from '../../core/models';
import { countParams } from '../../core/models/spec';
import type { RunRow } from '../../protocol/data';
import { useStudio } from '../../state/react';
import { useSavedStepsOf } from '../../state/useOfRun';
import type { PageProps } from '../../state/stage';
import {
  Block,
  Button,
  filesOfList,
  MenuButton,
  Notice,
  Pane,
  PaneHead,
  RadioList,
  Segmented,
  Select,
  text,
} from '../../ui';
import { baseReading } from './baseReading';
import { TrainableForm, RecipeForm } from './TrainableForm';
import type { Situation } from './situation';
import styles from './TunePage.module.css';
import { basesFor, stepOf } from '../../state/tuningInputs';

/** The base model, and which of its parameters are trained. */
export function BasePane({ situation, onFiles }: { situation: Situation } & Pick<PageProps, 'onFiles'>) {
  const { base } = situation;
  return (
    <Pane title="Base model" aside={<ImportMenu onFiles={onFiles} />}>
      <BaseList situation={situation} />
      {base && <BaseCheckpoint key={base.row.record.id} row={base.row} step={base.step} />}
      <PaneHead title="Trainable parameters" />
      <TrainableChoice situation={situation} />
      <TrainableForm situation={situation} />
      <RecipeForm situation={situation} />
      <MemoryNote situation={situation} />
    </Pane>
  );
}

/** Menu that imports a model from files or a folder. */
export function ImportMenu({ onFiles }: Pick<PageProps, 'onFiles'>) {
  const filesInput = useRef<HTMLInputElement>(null);
  const folderInput = useRef<HTMLInputElement>(null);
  const importFiles = (input: HTMLInputElement): void => {
    const chosenFiles = filesOfList(input.files ?? []);
    input.value = '';
    if (chosenFiles.length > 0) onFiles(chosenFiles);
  };
  return (
    <>
      <MenuButton
        variant="quiet"
        label="Import a model"
        entries={[
          { id: 'files', label: 'Files…', hint: 'zip, GGUF or safetensors' },
          { id: 'folder', label: 'Folder…', hint: 'from Hugging Face' },
        ]}
        onChoose={(id) => (id === 'folder' ? folderInput : filesInput).current?.click()}
      >
        Import
      </MenuButton>
      <input
        ref={filesInput}
        type="file"
        hidden
        multiple
        accept=".zip,.gguf,.safetensors,.json,.txt"
        onChange={(event) => importFiles(event.currentTarget)}
      />
      <input
        ref={folderInput}
        type="file"
        hidden
        {...{ webkitdirectory: '' }}
        onChange={(event) => importFiles(event.currentTarget)}
      />
    </>
  );
}

function BaseList({ situation: { base, tuning } }: { situation: Situation }) {
  const runs = useStudio((s) => s.runs);
  const setTuning = useStudio((s) => s.setTuning);
  const rows = basesFor(runs, tuning.purpose);
  return (
    <RadioList
      isFlush
      label="Base model"
      value={base?.row.record.id ?? null}
      onChange={(runId) => {
        const row = rows.find(({ record }) => record.id === runId);
        const chosen = tuning.base === 'nothing' ? undefined : tuning.base?.runId;
        if (row && chosen !== runId) setTuning({ base: { runId, step: stepOf(row) } });
      }}
      options={rows.map((row) => {
        const { record } = row;
        const step = record.id === base?.row.record.id ? base.step : stepOf(row);
        const reading = baseReading(row, step);
        const evaluatedOn = reading?.on === undefined ? '' : `, evaluated on ${reading.on}`;
        return {
          value: record.id,
          label: `${record.name}, step ${formatCount(step)}`,
          body: `${modelSpec(record.model.id).label}, ${formatShort(countParams(paramsOf(record.model)))}, ${originWords(row)}${evaluatedOn}`,
          reading: reading?.value ?? '–',
        };
      })}
    />
  );
}

/** How the project got a run. */
export const originWords = ({ record: { origin, parent } }: RunRow): string =>
  parent?.how === 'fine-tune' ? `fine-tuned from ${parent.name}` : origin ? 'imported' : 'trained here';

/** Chooses a checkpoint, if more than one is saved. */
function BaseCheckpoint({ row, step }: { row: RunRow; step: number }) {
  const savedSteps = useSavedStepsOf(row);
  const setTuning = useStudio((s) => s.setTuning);
  const steps = [...new Set((savedSteps ?? []).map((saved) => saved.step))].toReversed();
  // The chosen checkpoint may have been deleted since.
  const isDeleted = steps.length > 0 && !steps.includes(step);
  useEffect(() => {
    if (isDeleted) setTuning({ base: { runId: row.record.id, step: steps[0]! } });
  });
  if (steps.length < 2) return null;
  return (
    <Block isForm>
      <Select
        label="Checkpoint"
        hint={`${formatCount(steps.length)} saved`}
        value={String(steps.includes(step) ? step : steps[0])}
        onChange={(chosen) => setTuning({ base: { runId: row.record.id, step: Number(chosen) } })}
        options={steps.map((saved) => ({ value: String(saved), label: `Step ${formatCount(saved)}` }))}
      />
    </Block>
  );
}

function TrainableChoice({ situation: { tuning, plan, failure } }: { situation: Situation }) {
  const setTuning = useStudio((s) => s.setTuning);
  return (
    <Block>
      <Segmented
        isWide
        label="Trainable parameters"
        value={tuning.learns}
        onChange={(learns) => setTuning({ learns, rateByHand: false })}
        options={[
          { value: 'all', label: 'All' },
          { value: 'last', label: 'Last layers' },
          { value: 'norms', label: 'Norms' },
          { value: 'adapter', label: 'LoRA' },
        ]}
      />
      {plan && (
        <p className={styles.learns}>
          <b>{formatCount(plan.trainable)}</b>{' '}
          {tuning.learns === 'all' ? 'parameters, all trainable' : `trainable of ${formatShort(plan.all)} parameters`}
          {tuning.learns !== 'all' && (
            <span className={text.nowrap}>, {formatShare(Number((plan.trainable / plan.all).toPrecision(2)))}</span>
          )}
        </p>
      )}
      {failure && <p className={text.error}>{failure.message}</p>}
    </Block>
  );
}

/** Memory that training needs, memory of full fine-tuning, and changes that help if it is too much. */
function MemoryNote({ situation: { plan, tuning } }: { situation: Situation }) {
  const setRecipe = useStudio((s) => s.setTuningRecipe);
  const setRecompute = useStudio((s) => s.setRecompute);
  const isGpu = useStudio((s) => s.device.kind === 'open' && s.device.info.kind === 'webgpu');
  if (!plan) return null;
  const shortage = plan.problems.find(({ field }) => field === 'memory');
  const fullTuningWords = tuning.learns === 'all' ? '' : `, ${formatBytes(plan.full.total)} with full fine-tuning`;
  return (
    <>
      {shortage && (
        <Notice
          tone="error"
          title="Too large for this device"
          areActionsBelow
          actions={(shortage.changes ?? []).map(
            (change) =>
              change.kind === 'recipe' && (
                <Button
                  key={change.words}
                  isDense
                  onPress={() => {
                    const { recompute, ...recipeChanges } = change.change;
                    if (recompute) setRecompute('on');
                    setRecipe(recipeChanges);
                  }}
                >
                  Use {change.words}
                </Button>
              ),
          )}
        >
          {shortage.message}
        </Notice>
      )}
      <Block isTail>
        <p className={text.small}>
          <span className={text.ink2}>
            {isGpu ? 'GPU memory' : 'Memory'} {formatBytes(plan.memory.total)}
            {fullTuningWords}
          </span>
        </p>
      </Block>
    </>
  );
}
