import { formatCount, formatShort } from '../../core/base/units';
import { modelSpec } from '../../core/models';
import { type Piece, piecesOf } from '../../core/models/picture';
import { countParams, sizeOf } from '../../core/models/spec';
import type { ModelChoice } from '../../core/train/run';
import { Block, cx, PaneHead } from '../../ui';
import styles from './ArchitecturePicture.module.css';
import { type Drawing, draw, LEFT, LINE, MIDDLE, STREAM, WIDTH } from './drawing';

/** Diagram of the architecture, bottom up, with the weights of each part. */
export function ArchitecturePicture({ model }: { model: ModelChoice }) {
  const { config, vocabulary } = model;
  const spec = modelSpec(model.id);
  const table = spec.params(config, vocabulary);
  const { stacks } = spec.picture(config, vocabulary);
  const all = countParams(table);
  const weights = new Map<Piece, number>();
  for (const stack of stacks)
    for (const { piece, times } of piecesOf(stack))
      weights.set(piece, times * piece.weights.reduce((sum, name) => sum + sizeOf(table[name]!.shape), 0));
  const drawing = draw(stacks);
  return (
    <section aria-label="Architecture diagram">
      <PaneHead title="Architecture" />
      <Block>
        <svg
          className={styles.picture}
          viewBox={`0 ${-drawing.height} ${WIDTH} ${drawing.height}`}
          role="img"
          aria-label={inWords(drawing, weights)}
        >
          {drawing.frames.map(({ top, bottom, times, name }) => (
            <g key={bottom}>
              <rect className={styles.frame} x={22} y={top} width={200} height={bottom - top} rx={2} />
              <text x={18} y={(top + bottom) / 2} textAnchor="end">
                × {formatCount(times)}
              </text>
              {name !== undefined && (
                <text className={styles.quiet} x={228} y={top + 9}>
                  {name}
                </text>
              )}
            </g>
          ))}
          {drawing.wires.map(({ from, to }) => (
            <path key={from} className={styles.wire} d={`M${MIDDLE} ${from}V${to}`} />
          ))}
          {drawing.branches.map(({ from, to }) => (
            <g key={from} className={styles.stream}>
              <path d={`M${MIDDLE} ${from}H${STREAM}V${to}H${MIDDLE - 6}`} />
              <circle cx={MIDDLE} cy={to} r={5} />
              <path d={`M${MIDDLE - 3} ${to}h6M${MIDDLE} ${to - 3}v6`} />
            </g>
          ))}
          {drawing.boxes.map(({ piece, lines, top, height, size }) => {
            const own = weights.get(piece)!;
            const middle = top + height / 2 + 4;
            const first = middle - (LINE / 2) * lines.length;
            return (
              <g key={top}>
                <rect
                  className={cx(styles.box, own >= MANY * all && styles.heavy)}
                  x={LEFT}
                  y={top}
                  width={160}
                  height={height}
                  rx={2}
                />
                <text x={LEFT + 8} y={first}>
                  {piece.name}
                </text>
                {lines.map((line, i) => (
                  <text key={line} className={styles.quiet} x={LEFT + 8} y={first + LINE * (i + 1)}>
                    {line}
                  </text>
                ))}
                {own > 0 && (
                  <text x={228} y={middle}>
                    {formatShort(own)}
                  </text>
                )}
                {size && (
                  <text className={styles.quiet} x={MIDDLE + 8} y={top - 5}>
                    {size.map(formatCount).join(' × ')}
                  </text>
                )}
              </g>
            );
          })}
          {drawing.words.map(({ y, text }) => (
            <text key={y} x={MIDDLE} y={y} textAnchor="middle">
              {text}
            </text>
          ))}
        </svg>
        <p className={styles.words}>Numbers: weights across all layers. Dark: at least 10 % of them.</p>
      </Block>
    </section>
  );
}

/** Share of all weights from which a box is drawn heavy. */
const MANY = 0.1;

function inWords({ words, boxes, frames }: Drawing, weights: ReadonlyMap<Piece, number>): string {
  const pieces = boxes.map(({ piece, top }) => {
    const frame = frames.find((one) => one.top <= top && top <= one.bottom);
    const own = weights.get(piece)!;
    const inside = [
      piece.detail,
      own > 0 && `${formatCount(own)} weights`,
      frame && `${formatCount(frame.times)} times`,
    ];
    const said = inside.filter(Boolean).join(', ');
    return said ? `${piece.name} (${said})` : piece.name;
  });
  return `From ${words[0]!.text} to ${words.at(-1)!.text}: ${pieces.join(', ')}`;
}
