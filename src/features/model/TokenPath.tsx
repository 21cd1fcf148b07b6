import { formatCount } from '../../core/base/units';
import { modelSpec } from '../../core/models';
import { Block } from '../../ui';
import type { Situation } from './doctor';
import styles from './ModelPage.module.css';

/** What one token passes through, with the widths at each step. */
export function TokenPath({ situation: { model } }: { situation: Situation }) {
  const { layers, width, heads } = model.config;
  const table = Object.values(modelSpec(model.id).params(model.config, model.vocabulary));
  // Of its second matrix, since the first of a gated kind has two columns for each.
  const inner = table.findLast(({ group, shape }) => group === 'Feed-forward' && shape[1] === width)?.shape[0];
  return (
    <Block>
      <div className={styles.tokenPath}>
        <h3>The path of one token</h3>
        <ol>
          <Stop name="Embedding" sizes={[model.vocabulary, width]} />
          <li>
            {formatCount(layers)} {layers === 1 ? 'layer, adding' : 'layers, each adding'} to what came in
            <ol>
              <li>
                Norm, attention
                <span>
                  {width % heads === 0
                    ? `${formatCount(heads)} ${heads === 1 ? 'head' : 'heads'} of ${formatCount(width / heads)}`
                    : `${formatCount(heads)} heads`}
                </span>
              </li>
              {inner !== undefined && <Stop name="Norm, feed-forward" sizes={[width, inner, width]} />}
            </ol>
          </li>
          <Stop name="Norm, logits" sizes={[width, model.vocabulary]} />
        </ol>
      </div>
    </Block>
  );
}

const Stop = ({ name, sizes }: { name: string; sizes: readonly number[] }) => (
  <li>
    {name}
    <span>{sizes.map(formatCount).join(' to ')}</span>
  </li>
);
