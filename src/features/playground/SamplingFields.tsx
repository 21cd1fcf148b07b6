import { formatCount } from '../../core/base/units';
import { useStudio } from '../../state/react';
import { NumberField, Slider } from '../../ui';
import styles from './PlaygroundPage.module.css';

/** Sliders for temperature, top-k and top-p. */
export function ChanceSliders() {
  const { temperature, topK, topP } = useStudio((s) => s.sampling);
  const set = useStudio((s) => s.setSampling);
  return (
    <div className={styles.sliders}>
      <Slider
        label="Temperature"
        min={0}
        max={2}
        step={0.05}
        value={temperature}
        onChange={(value) => set({ temperature: Number(value.toFixed(2)) })}
        output={temperature === 0 ? 'greedy' : String(temperature)}
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
  );
}
/** Value for no limit: one more than the maximum. */
const TOP_K_OFF = 101;

export function LengthField({ label }: { label: string }) {
  const length = useStudio((s) => s.sampling.length);
  const set = useStudio((s) => s.setSampling);
  return (
    <NumberField
      label={label}
      unit="tokens"
      min={1}
      max={10_000}
      isWhole
      step={10}
      value={length}
      onChange={(value) => set({ length: value })}
    />
  );
}

export function SeedField() {
  const seed = useStudio((s) => s.sampling.seed);
  const set = useStudio((s) => s.setSampling);
  return (
    <NumberField
      label="Seed"
      hint="same seed, same text"
      min={0}
      max={4_294_967_295}
      isWhole
      value={seed}
      onChange={(value) => set({ seed: value })}
    />
  );
}
