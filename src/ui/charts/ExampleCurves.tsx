import styles from './ExampleCurves.module.css';

/** Two falling curves, as example data for a chart of runs. */
export const ExampleCurves = () => (
  <svg className={styles.curves} viewBox="0 0 640 240" aria-hidden>
    <path className={styles.axis} d="M1 0V239H640" />
    <path className={styles.other} d={fallingPath(30, 0.005, 222)} />
    <path className={styles.line} d={fallingPath(20, 0.011, 196)} />
  </svg>
);

/** SVG path that decays from `top` to about `bottom`; `rate` is the decay per unit. */
function fallingPath(top: number, rate: number, bottom: number): string {
  const points = Array.from({ length: 65 }, (_, i) => {
    const x = 10 * i;
    const left = 0.6 * Math.exp(-2 * rate * x) + 0.4 * Math.exp(-0.25 * rate * x);
    return `${x} ${(bottom - (bottom - top) * left).toFixed(1)}`;
  });
  return `M${points.join('L')}`;
}
