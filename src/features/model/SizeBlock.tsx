import { useMemo, type KeyboardEvent } from 'react';
import { formatDuration } from '../../core/base/units';
import { type ModelId, modelIds, modelSpec } from '../../core/models';
import type { Plan } from '../../core/plan/plan';
import { estimateProject } from '../../state/estimate';
import { useStudio, useStudioStore } from '../../state/react';
import { Segmented, Select, SizeDial } from '../../ui';
import type { Situation } from './doctor';
import styles from './ModelPage.module.css';
import { countParams, type BaseConfig, type ModelSpec } from '../../core/models/spec';

const DAY = 24 * 3600;

/** Size dial: the green band is near the plan's size, the gray end takes more than a day here. */
export function SizeBlock({ situation }: { situation: Situation }) {
  const setSize = useStudio((s) => s.setSize);
  const store = useStudioStore();
  const { model, device, plan } = situation;
  const project = useStudio((s) => s.project);
  const spec = modelSpec(model.id);
  /** Smallest size, in parameters, that trains for over a day. */
  const slowSize = useMemo(() => {
    if (!device) return undefined;
    for (let size = 1e5; size < 1e8; size *= 1.25) {
      const sizedModel = { ...project.model, config: spec.sized(size, model.vocabulary) };
      const { seconds } = estimateProject({ ...project, model: sizedModel }, device);
      if (seconds !== undefined && seconds > DAY) return size;
    }
    return undefined;
  }, [spec, model.vocabulary, project, device]);

  // The architecture has discrete sizes, so an arrow key moves to the next size, not the next position on the ruler.
  const onKeyDown = (event: KeyboardEvent) => {
    const direction = ARROWS[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    const size = nextSize(spec, model.vocabulary, situation.estimate.parameters, direction);
    if (size !== undefined) store.getState().setSize(size);
  };

  const shownFields = Object.values(spec.fields).filter(({ row }) => row !== 'seldom');
  return (
    <section className={styles.size} aria-labelledby="size-head">
      <div className={styles.sizeHead}>
        <h2 id="size-head">Size</h2>
        <span>sets {joinWords(shownFields.map(({ label }) => label.toLowerCase()))}</span>
        <Architecture />
      </div>
      <div onKeyDownCapture={onKeyDown}>
        <SizeDial
          value={situation.estimate.parameters}
          onChange={setSize}
          suits={plan && plannedRange(plan)}
          limit={slowSize === undefined ? undefined : { from: slowSize, label: 'over a day here' }}
        />
      </div>
    </section>
  );
}

/** Range of sizes near the plan's. */
const plannedRange = ({ cost: { parameters }, seconds }: Plan) => ({
  from: parameters / NEAR_FACTOR,
  to: NEAR_FACTOR * parameters,
  label: `planned for ${formatDuration(1000 * seconds)}`,
});
const NEAR_FACTOR = 1.5;

/** Architecture picker; empty if there is no choice. */
function Architecture() {
  const { id } = useStudio((s) => s.project.model);
  const chooseModel = useStudio((s) => s.chooseModel);
  const options = modelIds().map((value) => ({ value, label: modelSpec(value).label }));
  if (options.length < 2) return null;
  const choice = { label: 'Architecture', value: id, onChange: (chosen: ModelId) => chooseModel(chosen), options };
  return (
    <div className={styles.architecture}>
      {options.length > MAX_SEGMENTS ? <Select layout="bare" {...choice} /> : <Segmented {...choice} />}
    </div>
  );
}
const MAX_SEGMENTS = 4;

const joinWords = (words: readonly string[]): string => `${words.slice(0, -1).join(', ')} and ${words.at(-1)!}`;

const ARROWS: Readonly<Record<string, 1 | -1>> = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };

/** Factor between two tried sizes, as between two positions of the dial. */
const STEP = 1.03;
const MIN_PARAMETERS = 1e5;
const MAX_PARAMETERS = 1e8;

/** Next larger (1) or smaller (-1) size that the dial can set, in parameters; undefined at its end. */
function nextSize<C extends BaseConfig>(
  spec: ModelSpec<C>,
  vocabulary: number,
  current: number,
  direction: 1 | -1,
): number | undefined {
  for (let size = current; size >= MIN_PARAMETERS / STEP && size <= MAX_PARAMETERS * STEP; size *= STEP ** direction) {
    const parameters = countParams(spec.params(spec.sized(size, vocabulary), vocabulary));
    if (direction * (parameters - current) > 0) return parameters;
  }
  return undefined;
}
