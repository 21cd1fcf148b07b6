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
  const params = spec.params(config, vocabulary);
  const { stacks } = spec.picture(config, vocabulary);
  const total = countParams(params);
  const weights = new Map<Piece, number>();
  for (const stack of stacks)
    for (const { piece, times } of piecesOf(stack))
      weights.set(piece, times * piece.weights.reduce((sum, name) => sum + sizeOf(params[name]!.shape), 0));
  const drawing = draw(stacks);
  return (
    <section aria-label="Architecture diagram">
      <PaneHead title="Architecture" />
      <Block>
        <svg
          className={styles.picture}
          viewBox={`0 ${-drawing.height} ${WIDTH} ${drawing.height}`}
          role="img"
          aria-label={describeDrawing(drawing, weights)}
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
          {drawing.boxes.map((box) => {
            const weightCount = weights.get(box.piece)!;
            return (
              <PieceBox
                key={box.top}
                box={box}
                weightCount={weightCount}
                isHeavy={weightCount >= HEAVY_SHARE * total}
              />
            );
          })}
          {drawing.labels.map(({ y, text }) => (
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

/** Share of all weights from which a box is drawn dark. */
const HEAVY_SHARE = 0.1;

function PieceBox(p: { box: Drawing['boxes'][number]; weightCount: number; isHeavy: boolean }) {
  const { piece, lines, top, height, size } = p.box;
  const middle = top + height / 2 + 4;
  const nameY = middle - (LINE / 2) * lines.length;
  return (
    <g>
      <rect className={cx(styles.box, p.isHeavy && styles.heavy)} x={LEFT} y={top} width={160} height={height} rx={2} />
      <text x={LEFT + 8} y={nameY}>
        {piece.name}
      </text>
      {lines.map((line, i) => (
        <text key={line} className={styles.quiet} x={LEFT + 8} y={nameY + LINE * (i + 1)}>
          {line}
        </text>
      ))}
      {p.weightCount > 0 && (
        <text x={228} y={middle}>
          {formatShort(p.weightCount)}
        </text>
      )}
      {size && (
        <text className={styles.quiet} x={MIDDLE + 8} y={top - 5}>
          {size.map(formatCount).join(' × ')}
        </text>
      )}
    </g>
  );
}

/** Text alternative of the diagram. */
function describeDrawing({ labels, boxes, frames }: Drawing, weights: ReadonlyMap<Piece, number>): string {
  const pieces = boxes.map(({ piece, top }) => {
    const frame = frames.find((frame) => frame.top <= top && top <= frame.bottom);
    const weightCount = weights.get(piece)!;
    const details = [
      piece.detail,
      weightCount > 0 && `${formatCount(weightCount)} weights`,
      frame && `${formatCount(frame.times)} times`,
    ];
    const detailWords = details.filter(Boolean).join(', ');
    return detailWords ? `${piece.name} (${detailWords})` : piece.name;
  });
  return `From ${labels[0]!.text} to ${labels.at(-1)!.text}: ${pieces.join(', ')}`;
}
