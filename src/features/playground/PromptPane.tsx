import { formatCount, formatDuration } from '../../core/base/units';
import { promptOf } from '../../state/playground';
import { useNow, useShownPart, useStudio } from '../../state/react';
import { isTraining } from '../../state/openRun';
import { Block, Button, NumberField, Pane, Progress, Slider, TextField } from '../../ui';
import { reachWords } from './reach';
import { readStatus } from './status';
import styles from './PlaygroundPage.module.css';

/** Where text begins, and how freely the model may choose. */
export function PromptPane() {
  const prompt = useStudio(promptOf);
  const reach = useShownPart('playground', ({ record }) => record && reachWords(prompt, record)) ?? undefined;
  const setPrompt = useStudio((s) => s.setPrompt);
  const sampling = useStudio((s) => s.sampling);
  const set = useStudio((s) => s.setSampling);
  const isRunning = useStudio(isTraining);
  const { temperature, topK, topP } = sampling;
  return (
    <Pane title="Prompt" hint={`${formatCount(Array.from(prompt).length)} characters`}>
      <Block>
        <TextField label="Prompt" hideLabel rows={4} isProse value={prompt} onChange={setPrompt} hint={reach} />
        {isRunning && (
          <p className={styles.pace}>Text is written between the steps of the run that trains, so it takes longer</p>
        )}
        <WriteOrStop />
      </Block>
      <Block isForm>
        <div className={styles.sliders}>
          <Slider
            label="Temperature"
            min={0}
            max={2}
            step={0.05}
            value={temperature}
            onChange={(value) => set({ temperature: Number(value.toFixed(2)) })}
            output={temperature === 0 ? 'always the likeliest' : String(temperature)}
          />
          <Slider
            label="Top-k"
            min={1}
            max={TOP_K_OFF}
            step={1}
            value={topK === 0 ? TOP_K_OFF : topK}
            onChange={(value) => set({ topK: value === TOP_K_OFF ? 0 : value })}
            output={topK === 0 ? 'off' : topK === 1 ? '1 token' : `${formatCount(topK)} tokens`}
          />
          <Slider
            label="Top-p"
            min={0.05}
            max={1}
            step={0.01}
            value={topP}
            onChange={(value) => set({ topP: Number(value.toFixed(2)) })}
            output={topP === 1 ? 'off' : String(topP)}
          />
        </div>
        <NumberField
          label="Length"
          unit="tokens"
          min={1}
          max={10_000}
          isWhole
          step={10}
          value={sampling.length}
          onChange={(length) => set({ length })}
        />
        <NumberField
          label="Seed"
          hint="same text again"
          min={0}
          max={4_294_967_295}
          isWhole
          value={sampling.seed}
          onChange={(seed) => set({ seed })}
        />
      </Block>
    </Pane>
  );
}
/** One past the largest that can be set. */
const TOP_K_OFF = 101;

function WriteOrStop() {
  const writing = useStudio((s) => s.writing);
  const written = useStudio((s) => s.written.length);
  const length = useStudio((s) => s.sampling.length);
  const generate = useStudio((s) => s.generate);
  const now = useNow(writing.kind === 'writing');
  if (writing.kind === 'writing') {
    const left = written > 0 ? ((now - writing.since) * (length - written)) / written : 0;
    const detail = `${formatCount(written)} of ${formatCount(length)} tokens`;
    return (
      <div className={styles.write}>
        <Button isDense icon="stop" minWidth={84} onPress={writing.stop}>
          Stop
        </Button>
        <div className={styles.status}>
          <Progress
            label="Writing"
            detail={left < 1000 ? detail : `${detail} · ${formatDuration(left)} left`}
            value={written}
            max={length}
          />
        </div>
      </div>
    );
  }
  return (
    <div className={styles.write}>
      <Button variant="go" isDense minWidth={84} onPress={() => void generate()}>
        Write
      </Button>
      <span className={styles.status}>{readStatus(writing, written)}</span>
    </div>
  );
}
