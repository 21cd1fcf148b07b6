import { useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { TextAction } from '../Button';
import { cx } from '../cx';
import { formatExact } from '../numbers';
import { runColor, runDash, type RunColor } from '../runColor';
import { Swatch } from '../Swatch';
import { Table } from '../Table';
import text from '../text.module.css';
import styles from './Lineage.module.css';
import { useMedia } from './surroundings';
import { linearTicks } from '../../core/charts/ticks';

export interface LineageLane {
  id: string;
  run: RunColor;
  label: string;
  /** Value after the label: `1.254`. */
  value?: string;
  /** Detail after the value, if there is room: `rate × 0.3 from 5,000`. */
  detail?: string;
  /** Origin of the run: `from nothing`, `fork`. */
  how: string;
  /** Name of the parent run. */
  parentName?: string;
  /** Index of the parent's lane, which is above. */
  parent: number | null;
  /** Whether the run has its parent's weights; otherwise it shares only data and starts at step 0. */
  isGrown: boolean;
  from: number;
  until: number;
}

interface LineageProps {
  lanes: readonly LineageLane[];
  hint?: ReactNode;
  chosen: string | undefined;
  onChoose: (id: string) => void;
  caption: string;
}

/** Height of a lane in px. */
const LANE = 36;
/** Width of an elbow, in units of the 1,000-wide picture. */
const ELBOW = 14;

/** Tree of runs, with a lane per run as long as its steps; the table has the same content. */
export function Lineage(p: LineageProps) {
  const [isTable, setTable] = useState(false);
  return (
    <figure className={styles.figure}>
      <div className={styles.head}>
        <b>Lineage</b>
        {p.hint !== undefined && <span>{p.hint}</span>}
        <span className={text.grow} />
        <TextAction onPress={() => setTable(!isTable)}>{isTable ? 'Show chart' : 'Show table'}</TextAction>
      </div>
      {isTable ? <Twin {...p} /> : <Picture {...p} onTable={() => setTable(true)} />}
      <figcaption className={styles.caption}>{p.caption}</figcaption>
    </figure>
  );
}

function Picture(p: LineageProps & { onTable: () => void }) {
  const { lanes, chosen, onChoose } = p;
  const list = useRef<HTMLDivElement>(null);
  /** Extends the axis to leave room at the right for the label of the longest lane. */
  const isPhone = useMedia('(max-width: 759px)');
  const max = Math.max(1, ...lanes.map(({ until }) => until)) * (isPhone ? 2 : 1.4);
  const height = LANE * lanes.length;
  const drawing = useMemo(() => lanesDrawn(lanes, max), [lanes, max]);
  const ticks = linearTicks(0, max, 5);
  const at = Math.max(
    0,
    lanes.findIndex(({ id }) => id === chosen),
  );
  const onKeyDown = (event: KeyboardEvent) => {
    const targets: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: lanes.length - 1,
    };
    const target = targets[event.key];
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    if (event.key.toLowerCase() === 't') p.onTable();
    else if (target === undefined) return;
    else {
      const lane = lanes[Math.min(lanes.length - 1, Math.max(0, target))];
      if (!lane) return;
      onChoose(lane.id);
      list.current?.querySelector<HTMLElement>(`[data-lane="${CSS.escape(lane.id)}"]`)?.focus();
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className={styles.picture} ref={list} role="group" aria-label="Lineage" onKeyDown={onKeyDown}>
      <div className={styles.lanes} style={{ height }}>
        {lanes.map((lane, i) => (
          <button
            key={lane.id}
            type="button"
            data-lane={lane.id}
            className={styles.lane}
            style={{ top: LANE * i, height: LANE }}
            aria-pressed={lane.id === chosen}
            aria-label={spoken(lane)}
            tabIndex={i === at ? 0 : -1}
            onClick={() => onChoose(lane.id)}
          >
            <span className={styles.how}>{lane.how}</span>
          </button>
        ))}
        <div className={styles.area} aria-hidden>
          <svg viewBox={`0 0 1000 ${height}`} preserveAspectRatio="none" style={{ height }}>
            {ticks.map((tick) => (
              <path key={tick} className={styles.grid} d={`M${(1000 * tick) / max} 0V${height}`} />
            ))}
            {drawing.map(({ id, run, link, line, isGrown }) => (
              <g key={id} style={{ '--run': runColor(run) }}>
                {link && <path className={isGrown ? styles.line : styles.link} d={link} />}
                <path className={cx(styles.line, runDash(run) && styles.dashed)} d={line} />
              </g>
            ))}
            {drawing.map(({ id, run, leaves, start, end }) => (
              <g key={id} style={{ '--run': runColor(run) }}>
                {leaves === undefined ? (
                  <>
                    <path className={styles.ring} d={start} />
                    <path className={styles.ringInner} d={start} />
                  </>
                ) : (
                  <path className={styles.point} d={start} style={{ '--run': runColor(leaves) }} />
                )}
                {end !== start && <path className={styles.halo} d={end} />}
                {end !== start && <path className={styles.point} d={end} />}
              </g>
            ))}
          </svg>
          {lanes.map((lane, i) => (
            <span
              key={lane.id}
              className={styles.label}
              style={{
                left: `${(100 * lane.until) / max}%`,
                maxWidth: `calc(${100 - (100 * lane.until) / max}% - 10px)`,
                top: LANE * (i + 0.5),
                '--run': runColor(lane.run),
              }}
            >
              {lane.label} {lane.value !== undefined && <b>{lane.value}</b>}{' '}
              {lane.detail !== undefined && <span className={styles.detail}>{lane.detail}</span>}
            </span>
          ))}
        </div>
      </div>
      <div className={styles.axis} aria-hidden>
        {ticks.map((tick, i) => (
          <span
            key={tick}
            style={{ left: `${(100 * tick) / max}%` }}
            className={cx(i === 0 && styles.first, tick > 0.9 * max && styles.last)}
          >
            {i === 0 ? `step ${formatExact(tick)}` : formatExact(tick)}
          </span>
        ))}
      </div>
    </div>
  );
}

interface Drawn {
  id: string;
  run: RunColor;
  isGrown: boolean;
  line: string;
  /** Path from the parent's lane. */
  link?: string;
  start: string;
  end: string;
  /** Color of the parent run; absent if the lane starts with a ring of its own. */
  leaves?: RunColor;
}

function lanesDrawn(lanes: readonly LineageLane[], max: number): readonly Drawn[] {
  const x = (step: number): number => (1000 * step) / max;
  const y = (i: number): number => LANE * (i + 0.5);
  return lanes.map(({ id, run, parent, isGrown, from, until }, i): Drawn => {
    const above = parent === null ? undefined : lanes[parent];
    const [left, right, middle] = [x(from), x(until), y(i)];
    const lane = { id, run, isGrown };
    if (above && parent !== null && isGrown) {
      const turn = left + Math.min(ELBOW, Math.max(4, right - left));
      const end = Math.max(turn, right);
      return {
        ...lane,
        leaves: above.run,
        link: `M${left} ${y(parent)}C${turn} ${y(parent)} ${left} ${middle} ${turn} ${middle}`,
        line: `M${turn} ${middle}H${end}`,
        start: `M${left} ${y(parent)}h0`,
        end: `M${end} ${middle}h0`,
      };
    }
    const own = {
      ...lane,
      line: `M${left} ${middle}H${right}`,
      start: `M${left} ${middle}h0`,
      end: `M${right} ${middle}h0`,
    };
    if (!above || parent === null) return own;
    const bow = Math.max(x(above.until), right) + 2 * ELBOW;
    return {
      ...own,
      link: `M${x(above.until)} ${y(parent)}C${bow} ${y(parent)} ${bow} ${middle} ${right} ${middle}`,
    };
  });
}

const spoken = ({ label, how, parentName, from, until, value }: LineageLane): string =>
  [
    label,
    parentName === undefined ? how : `${how} of ${parentName} at step ${formatExact(from)}`,
    `to step ${formatExact(until)}`,
    ...(value === undefined ? [] : [value]),
  ].join(', ');

/** Table with the same content. */
const Twin = ({ lanes, chosen, onChoose }: LineageProps) => (
  <Table
    label="Lineage"
    rows={lanes}
    rowKey={({ id }) => id}
    chosenKey={chosen}
    onChoose={({ id }) => onChoose(id)}
    isDense
    columns={[
      {
        id: 'run',
        header: 'Run',
        cell: ({ run, label }) => (
          <span className={text.row}>
            <Swatch run={run} />
            {label}
          </span>
        ),
      },
      { id: 'how', header: 'Origin', cell: ({ how }) => how },
      { id: 'parent', header: 'Parent', cell: ({ parentName }) => parentName ?? '–' },
      { id: 'from', header: 'From step', isNumber: true, cell: ({ from }) => formatExact(from) },
      { id: 'until', header: 'To step', isNumber: true, cell: ({ until }) => formatExact(until) },
      { id: 'value', header: 'Best', isNumber: true, cell: ({ value }) => value ?? '–' },
    ]}
  />
);
